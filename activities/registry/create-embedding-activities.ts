import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { IndexSourceInput } from '../../contracts/workflows.js';
import { appendEvent } from '../../db/statements/events.js';
import { advanceJobProgress } from '../../db/statements/jobs.js';
import { loadBatch, saveEmbeddings } from '../../db/statements/registry/items.js';
import type { EventBus } from '../../platform/event-bus.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import { assertJobRuns } from '../jobs/start-job.js';
import type { EmbeddingProvider } from '../model/embedding-provider.js';
import type { TenantStore } from '../patient-store.js';

export interface EmbeddingDeps {
  db: TenantStore;
  bus: EventBus;
  embeddings: EmbeddingProvider;
}

export interface EmbedBatchInput extends IndexSourceInput {
  versionId: string;
  batch: number;
  /** The model that the plan was made for. Absent in plans of before 0.2: the worker's own. */
  model?: string;
}

export type EmbeddingActivities = ReturnType<typeof createEmbeddingActivities>;

/** Paid work on the embedding model; queue `embedding`. */
export function createEmbeddingActivities(deps: EmbeddingDeps) {
  return {
    /** Embeds what of a batch has no vector yet, in one request, and keeps the vectors at once: a finished batch costs nothing again. */
    async embedBatch(input: EmbedBatchInput): Promise<{ items: number; tokens: number }> {
      return await withHeartbeat(async () => {
        const started = performance.now();
        const { name: model } = deps.embeddings;
        if (input.model !== undefined && input.model !== model) {
          throw new QuaestorError(
            'model_unavailable',
            `This worker embeds with ${model}, the plan was made for ${input.model}; another worker may have it.`,
          );
        }
        const items = await deps.db.withTenant(input.tenantId, async (tx) => {
          await assertJobRuns(tx, input.jobId);
          return await loadBatch(tx, input.versionId, model, input.batch);
        });
        if (items.length === 0) return { items: 0, tokens: 0 };
        const { vectors, tokens, dimensions } = await deps.embeddings.embed(
          items.map((item) => item.content),
          { signal: activitySignal() },
        );
        await deps.db.withTenant(input.tenantId, async (tx) => {
          await saveEmbeddings(
            tx,
            { dataSourceId: input.dataSourceId, model, dimensions },
            items.map((item, index) => {
              const vector = vectors[index];
              if (!vector) throw new QuaestorError('model_unavailable', 'The model left out a vector.');
              return { contentHash: item.contentHash, vector };
            }),
          );
          const event = {
            batch: input.batch,
            items: items.length,
            tokens,
            durationMs: performance.now() - started,
          };
          const key = `batch-${input.versionId}-${input.batch}`;
          // Told before: counted before.
          if ((await appendEvent(tx, input.jobId, 'batch.embedded', event, key)) === undefined) return;
          const progress = await advanceJobProgress(tx, input.jobId, items.length);
          if (progress) await appendEvent(tx, input.jobId, 'job.progressed', progress);
        });
        deps.bus.publish(input.jobId);
        return { items: items.length, tokens };
      });
    },
  };
}
