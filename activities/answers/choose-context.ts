import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { ModelLabel } from '../../contracts/question.js';
import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import { appendEvent } from '../../db/statements/events.js';
import { getQuestionWork, markQuestionRunning, saveQuestionContext } from '../../db/statements/questions.js';
import { searchItems } from '../../db/statements/registry/items.js';
import { takeActiveVersion } from '../../db/statements/registry/versions.js';
import { chooseTables, narrowSchema, VECTOR_WEIGHTS } from '../../domain/ranking/choose-tables.js';
import { completeSmallSchema } from '../../domain/ranking/complete-small-schema.js';
import { matchValues } from '../../domain/values/match-values.js';
import { activitySignal } from '../activity-context.js';
import { startJob } from '../jobs/start-job.js';
import type { AnswerDeps } from './answer-deps.js';

export interface ChosenContext {
  /** Which model will write the SQL: the built-in one needs no queue. */
  provider: ModelLabel['provider'];
  tables: number;
  durationMs: number;
}

/** A person waits: longer than this the words alone must do. */
const QUESTION_EMBEDDING_TIMEOUT_MS = 8_000;
/** Tables looked at by their vectors. */
const VECTOR_HITS = 200;

/**
 * Finds the tables for a question in the active version of its data source and keeps them with the question.
 * @throws QuaestorError `data_source_not_indexed`, `no_relevant_table`, or a `model_…` code of the embedding endpoint.
 */
export async function chooseContext(deps: AnswerDeps, input: AnswerQuestionInput): Promise<ChosenContext> {
  const started = performance.now();
  const { work, version } = await deps.db.withTenant(input.tenantId, async (tx) => {
    await startJob(tx, input.jobId);
    await markQuestionRunning(tx, input.questionId);
    return {
      work: await getQuestionWork(tx, input.questionId),
      version: await takeActiveVersion(tx, input.questionId, input.dataSourceId),
    };
  });
  deps.bus.publish(input.jobId);
  if (!work) throw new QuaestorError('not_found', 'The question was deleted.');
  if (!version)
    throw new QuaestorError('data_source_not_indexed', 'The data source has no finished index yet.');

  const { schema, index, values } = await deps.schemas.load({
    tenantId: input.tenantId,
    versionId: version.id,
  });
  const { vector, withoutVectors } = await embedQuestion(deps, work.text, version.embeddingModel);
  const vectorHits = vector
    ? await deps.db.withTenant(input.tenantId, (tx) =>
        searchItems(tx, {
          versionId: version.id,
          model: version.embeddingModel,
          vector,
          limit: VECTOR_HITS,
          only: 'tables',
        }),
      )
    : [];
  const ranked = chooseTables({
    question: work.text,
    schema,
    index,
    vectorHits,
    vectorWeight: VECTOR_WEIGHTS[deps.embeddings.kind],
  });
  const chosen = completeSmallSchema(ranked, schema);
  if (chosen.length === 0) {
    throw new QuaestorError(
      'no_relevant_table',
      'No table, column or comment has anything to do with the question.',
    );
  }
  const narrow = narrowSchema(schema, chosen);
  const context = { schema: narrow, chosen, values: matchValues(work.text, narrow.tables, values) };
  const durationMs = performance.now() - started;
  const event = { tables: chosen, durationMs, ...(withoutVectors ? { withoutVectors } : {}) };
  await deps.db.withTenant(input.tenantId, async (tx) => {
    await saveQuestionContext(tx, input.questionId, context);
    await appendEvent(tx, input.jobId, 'context.chosen', event, 'context');
  });
  deps.bus.publish(input.jobId);
  return { provider: deps.writer.provider, tables: chosen.length, durationMs };
}

/**
 * The question's vector. When the endpoint is slow or away, or the index was made with another model, the tables are chosen by
 * words alone, and the event says so: half a retrieval now is better than none in ten minutes.
 */
async function embedQuestion(
  deps: AnswerDeps,
  text: string,
  indexedWith: string,
): Promise<{ vector?: Float32Array; withoutVectors?: string }> {
  if (indexedWith !== deps.embeddings.name) {
    return {
      withoutVectors: `The index was made with ${indexedWith}, questions are embedded with ${deps.embeddings.name}.`,
    };
  }
  const limit = AbortSignal.timeout(QUESTION_EMBEDDING_TIMEOUT_MS);
  const cancelled = activitySignal();
  try {
    const { vectors } = await deps.embeddings.embed([text], { signal: AbortSignal.any([cancelled, limit]) });
    return vectors[0] ? { vector: vectors[0] } : { withoutVectors: 'The model gave no vector.' };
  } catch (error) {
    cancelled.throwIfAborted();
    if (limit.aborted)
      return { withoutVectors: `The embedding model took over ${QUESTION_EMBEDDING_TIMEOUT_MS} ms.` };
    if (error instanceof QuaestorError) return { withoutVectors: error.message };
    throw error;
  }
}
