import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { AnswerTiming, ResultColumn } from '../../contracts/question.js';
import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import { saveAnswer } from '../../db/statements/answers.js';
import { appendEvent } from '../../db/statements/events.js';
import { markJobFinished } from '../../db/statements/jobs.js';
import { getQuestionWork, markQuestionFinished } from '../../db/statements/questions.js';
import { assertJobRuns } from '../jobs/start-job.js';
import { type AnswerDeps, modelLabel } from './answer-deps.js';
import { questionCacheKeys } from './question-cache-key.js';

export interface RecordAnswerInput extends AnswerQuestionInput {
  sql: string;
  columns: ResultColumn[];
  rowCount: number;
  truncated: boolean;
  interpretation: string | null;
  timings: AnswerTiming[];
  repairs: number;
}

/** Makes the answer visible and ends the job, in one transaction. Doing it twice changes nothing. */
export async function recordAnswer(deps: AnswerDeps, input: RecordAnswerInput): Promise<void> {
  await deps.db.withTenant(input.tenantId, async (tx) => {
    const [work] = await Promise.all([getQuestionWork(tx, input.questionId), assertJobRuns(tx, input.jobId)]);
    if (!work?.context) throw new QuaestorError('not_found', 'The question was deleted.');
    const model = work.given?.author ?? modelLabel(deps.writer);
    const timings = withRest(input.timings, work.elapsedMs);
    const keys = await questionCacheKeys(deps, tx, input, work);
    const { questionId, jobId } = input;
    // The job first, as all do who end one: its row is what they wait for each other at.
    const isEnded = markJobFinished(tx, jobId, 'succeeded');
    await Promise.all([
      isEnded,
      saveAnswer(tx, {
        questionId,
        ...keys,
        sql: input.sql,
        columns: input.columns,
        rowCount: input.rowCount,
        truncated: input.truncated,
        tables: work.context.chosen,
        model,
        interpretation: input.interpretation,
        timings,
        repairs: input.repairs,
      }),
      markQuestionFinished(tx, questionId, 'answered'),
      appendEvent(tx, jobId, 'answer.recorded', { questionId, timings }, 'recorded'),
      // Whoever ended the job before has told its end under this key.
      appendEvent(tx, jobId, 'job.succeeded', { questionId }, 'ended'),
    ]);
  });
  deps.bus.publish(input.jobId);
}

/** The time that no step took: the engine, the queues and the records between the steps. */
function withRest(timings: readonly AnswerTiming[], elapsedMs: number): AnswerTiming[] {
  const known = timings.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const restMs = Math.round(Math.max(0, elapsedMs - known) * 10) / 10;
  return [...timings, { step: 'other', durationMs: restMs }];
}
