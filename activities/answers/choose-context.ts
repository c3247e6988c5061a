import { LIMITS } from '../../contracts/limits.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { ModelProvider } from '../../contracts/question.js';
import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import { readTurnsBefore } from '../../db/statements/conversations.js';
import { noteDataSourceUse } from '../../db/statements/data-source-uses.js';
import { appendEvent } from '../../db/statements/events.js';
import { loadMappings } from '../../db/statements/mappings.js';
import {
  getQuestionWork,
  markQuestionRunning,
  type StoredContext,
  saveQuestionContext,
} from '../../db/statements/questions.js';
import { takeActiveVersion } from '../../db/statements/registry/versions.js';
import { activitySignal } from '../activity-context.js';
import { startJob } from '../jobs/start-job.js';
import type { AnswerDeps } from './answer-deps.js';
import { chooseDatasets } from './choose-datasets.js';
import { type Retrieved, retrieveTables } from './retrieve-tables.js';

export interface ChosenContext {
  /** Which model will write the SQL: the built-in one needs no queue. */
  provider: ModelProvider;
  tables: number;
  durationMs: number;
}

/**
 * Finds the tables for a question in the active version of its data source, or takes the datasets that it is about, and keeps them with
 * the question.
 * @throws QuaestorError `no_relevant_table`, or what retrieveTables throws: `data_source_not_indexed`, `subject_area_unknown`, a `model_…` code of the embedding endpoint.
 */
export async function chooseContext(deps: AnswerDeps, input: AnswerQuestionInput): Promise<ChosenContext> {
  const started = performance.now();
  const { dataSourceId, questionId, tenantId } = input;
  const { work, ground, turns } = await deps.db.withTenant(tenantId, async (tx) => {
    const takeGround = async (id: string) => {
      const [version, mappings] = await Promise.all([
        takeActiveVersion(tx, questionId, id),
        loadMappings(tx, id),
        noteDataSourceUse(tx, id),
      ]);
      return { version, mappings };
    };
    const isStarted = startJob(tx, input.jobId);
    const [work, ground, turns] = await Promise.all([
      getQuestionWork(tx, questionId),
      dataSourceId === undefined ? undefined : takeGround(dataSourceId),
      readTurnsBefore(tx, questionId, LIMITS.earlierTurns),
      markQuestionRunning(tx, questionId),
      isStarted,
    ]);
    return { work, ground, turns };
  });
  deps.bus.publish(input.jobId, 'step');
  if (!work) throw new QuaestorError('not_found', 'The question was deleted.');
  const asked = { tenantId, text: work.text, turns };
  const found: Found = ground
    ? await retrieveTables(deps, { ...asked, ...ground, area: work.area, signal: activitySignal() })
    : await chooseDatasets(deps, { ...asked, questionId });
  const { chosen, schema, values, guidance, withoutVectors } = found;
  const mappingVersion = ground?.mappings.version ?? found.mappingVersion;
  if (chosen.length === 0) {
    throw new QuaestorError(
      'no_relevant_table',
      'No table, column or comment has anything to do with the question.',
    );
  }
  const context: StoredContext = {
    schema,
    chosen,
    values,
    ...(guidance ? { guidance } : {}),
    ...(mappingVersion === undefined ? {} : { mappingVersion }),
    ...(turns.length > 0 ? { turns } : {}),
  };
  const durationMs = performance.now() - started;
  const event = { tables: chosen, durationMs, ...(withoutVectors ? { withoutVectors } : {}) };
  await deps.db.withTenantAtOnce(input.tenantId, async (tx) =>
    Promise.all([
      saveQuestionContext(tx, input.questionId, context),
      appendEvent(tx, input.jobId, 'context.chosen', event, 'context'),
    ]),
  );
  deps.bus.publish(input.jobId, 'step');
  return { provider: deps.writer.provider, tables: chosen.length, durationMs };
}

/** Of datasets there are no vectors. */
type Found = Pick<Retrieved, 'schema' | 'chosen' | 'values' | 'guidance' | 'withoutVectors'> & {
  mappingVersion?: number;
};
