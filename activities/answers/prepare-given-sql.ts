import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import { appendEvent } from '../../db/statements/events.js';
import { getQuestionWork, markQuestionRunning, saveQuestionContext } from '../../db/statements/questions.js';
import { takeActiveVersion } from '../../db/statements/registry/versions.js';
import { withEarlierTables } from '../../domain/conversation/with-earlier-tables.js';
import { narrowSchema } from '../../domain/ranking/choose-tables.js';
import { startJob } from '../jobs/start-job.js';
import type { AnswerDeps } from './answer-deps.js';
import { assertIndexed } from './assert-indexed.js';
import { allAsked } from './choose-datasets.js';
import { loadCatalog } from './question-catalog.js';

export interface GivenSql {
  sql: string;
  durationMs: number;
}

/**
 * Begins a run with SQL that is there already, a person's or an earlier answer's: takes the active version, against which the guard will hold it, and keeps the tables
 * that it speaks of.
 * @throws QuaestorError `data_source_not_indexed`.
 */
export async function prepareGivenSql(deps: AnswerDeps, input: AnswerQuestionInput): Promise<GivenSql> {
  const started = performance.now();
  const { dataSourceId } = input;
  const { version, work } = await deps.db.withTenant(input.tenantId, async (tx) => {
    await startJob(tx, input.jobId);
    await markQuestionRunning(tx, input.questionId);
    return {
      version:
        dataSourceId === undefined ? undefined : await takeActiveVersion(tx, input.questionId, dataSourceId),
      work: await getQuestionWork(tx, input.questionId),
    };
  });
  if (!work?.given) throw new QuaestorError('not_found', 'The question was deleted.');
  if (dataSourceId !== undefined) assertIndexed(version);
  const { sql, author } = work.given;
  const { schema } = await loadCatalog(deps, input.tenantId, input.questionId, work);
  const chosen =
    work.dialect === 'duckdb'
      ? allAsked(schema.tables)
      : withEarlierTables([], [{ question: work.text, sql }], schema).map((table) => ({
          ...table,
          reasons: ['named in the SQL'],
        }));
  const durationMs = performance.now() - started;
  await deps.db.withTenant(input.tenantId, async (tx) => {
    await saveQuestionContext(tx, input.questionId, { schema: narrowSchema(schema, chosen), chosen });
    await appendEvent(
      tx,
      input.jobId,
      'sql.generated',
      { sql, model: author.name, attempt: 1, durationMs: 0 },
      'generated-1',
    );
  });
  deps.bus.publish(input.jobId, 'step');
  return { sql, durationMs };
}
