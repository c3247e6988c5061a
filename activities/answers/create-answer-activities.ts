import type { AnswerQuestionInput, SearchSchemaInput } from '../../contracts/workflows.js';
import type { AnswerDeps } from './answer-deps.js';
import { type AskReaderInput, askReader } from './ask-reader.js';
import { type CheckSqlInput, checkSql } from './check-sql.js';
import { chooseContext } from './choose-context.js';
import { type OpenScheduledRunInput, openScheduledRun } from './open-scheduled-run.js';
import { prepareGivenSql } from './prepare-given-sql.js';
import { type RecordAnswerInput, recordAnswer } from './record-answer.js';
import { runSql } from './run-sql.js';
import type { RunSqlInput } from './run-sql-input.js';
import { searchTables } from './search-tables.js';
import { type TakeChoiceInput, takeReadersChoice } from './take-readers-choice.js';
import { type WriteSqlInput, writeSql } from './write-sql.js';

export type AnswerActivities = ReturnType<typeof createAnswerActivities>;
export type GenerationActivities = ReturnType<typeof createGenerationActivities>;
export type QueryActivities = ReturnType<typeof createQueryActivities>;

/** Short steps of an answer; local activities. */
export function createAnswerActivities(deps: AnswerDeps) {
  return {
    chooseContext: (input: AnswerQuestionInput) => chooseContext(deps, input),
    /** The built-in model takes milliseconds, so it needs no queue. */
    translateSql: (input: WriteSqlInput) => writeSql(deps, input),
    openScheduledRun: (input: OpenScheduledRunInput) => openScheduledRun(deps, input),
    prepareGivenSql: (input: AnswerQuestionInput) => prepareGivenSql(deps, input),
    askReader: (input: AskReaderInput) => askReader(deps, input),
    takeReadersChoice: (input: TakeChoiceInput) => takeReadersChoice(deps, input),
    checkSql: (input: CheckSqlInput) => checkSql(deps, input),
    tryQuery: (input: RunSqlInput) => runSql(deps, input, 'inline'),
    searchTables: (input: SearchSchemaInput) => searchTables(deps, input),
    recordAnswer: (input: RecordAnswerInput) => recordAnswer(deps, input),
  };
}

/** Calls to a language model; queue `generation`. */
export function createGenerationActivities(deps: AnswerDeps) {
  return { writeSql: (input: WriteSqlInput) => writeSql(deps, input) };
}

/** Queries that may take long; queue `data-source`. */
export function createQueryActivities(deps: AnswerDeps) {
  return { runQuery: (input: RunSqlInput) => runSql(deps, input, 'queued') };
}
