import { LIMITS } from '../../contracts/limits.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { ModelProvider } from '../../contracts/question.js';
import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import { readTurnsBefore } from '../../db/statements/conversations.js';
import { appendEvent } from '../../db/statements/events.js';
import { loadMappings } from '../../db/statements/mappings.js';
import {
  getQuestionWork,
  markQuestionRunning,
  type StoredContext,
  saveQuestionContext,
} from '../../db/statements/questions.js';
import { takeActiveVersion } from '../../db/statements/registry/versions.js';
import { startJob } from '../jobs/start-job.js';
import type { AnswerDeps } from './answer-deps.js';
import { retrieveTables } from './retrieve-tables.js';

export interface ChosenContext {
  /** Which model will write the SQL: the built-in one needs no queue. */
  provider: ModelProvider;
  tables: number;
  durationMs: number;
}

/**
 * Finds the tables for a question in the active version of its data source and keeps them with the question.
 * @throws QuaestorError `data_source_not_indexed`, `no_relevant_table`, or a `model_…` code of the embedding endpoint.
 */
export async function chooseContext(deps: AnswerDeps, input: AnswerQuestionInput): Promise<ChosenContext> {
  const started = performance.now();
  const { work, version, mappings, turns } = await deps.db.withTenant(input.tenantId, async (tx) => {
    await startJob(tx, input.jobId);
    await markQuestionRunning(tx, input.questionId);
    return {
      work: await getQuestionWork(tx, input.questionId),
      version: await takeActiveVersion(tx, input.questionId, input.dataSourceId),
      mappings: await loadMappings(tx, input.dataSourceId),
      turns: await readTurnsBefore(tx, input.questionId, LIMITS.earlierTurns),
    };
  });
  deps.bus.publish(input.jobId);
  if (!work) throw new QuaestorError('not_found', 'The question was deleted.');
  if (!version)
    throw new QuaestorError('data_source_not_indexed', 'The data source has no finished index yet.');

  const found = await retrieveTables(deps, {
    tenantId: input.tenantId,
    version,
    mappings,
    text: work.text,
    turns,
  });
  const { chosen, schema, values, guidance, withoutVectors } = found;
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
    mappingVersion: mappings.version,
    ...(turns.length > 0 ? { turns } : {}),
  };
  const durationMs = performance.now() - started;
  const event = { tables: chosen, durationMs, ...(withoutVectors ? { withoutVectors } : {}) };
  await deps.db.withTenant(input.tenantId, async (tx) => {
    await saveQuestionContext(tx, input.questionId, context);
    await appendEvent(tx, input.jobId, 'context.chosen', event, 'context');
  });
  deps.bus.publish(input.jobId);
  return { provider: deps.writer.provider, tables: chosen.length, durationMs };
}
