import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { IndexSourceInput } from '../../contracts/workflows.js';
import { appendEvent } from '../../db/statements/events.js';
import { advanceJobProgress } from '../../db/statements/jobs.js';
import {
  countBatch,
  loadBatch,
  type PendingItem,
  saveEmbeddings,
  saveRefusals,
} from '../../db/statements/registry/items.js';
import { loadPlan, settleDimensions } from '../../db/statements/registry/plan.js';
import type { EventBus } from '../../platform/event-bus.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import { assertJobRuns } from '../jobs/start-job.js';
import type { EmbeddingProvider } from '../model/embedding-provider.js';
import type { TenantStore } from '../patient-store.js';
import { embedWithoutRefused, type RefusedItem } from './embed-without-refused.js';

export interface EmbeddingDeps {
  db: TenantStore;
  bus: EventBus;
  embeddings: EmbeddingProvider;
}

export interface EmbedBatchInput extends IndexSourceInput {
  versionId: string;
  batch: number;
  /** Of the plan. Default 1. */
  round?: number;
  /** The model that the plan was made for. Absent in plans of before 0.2: the worker's own. */
  model?: string;
}

export interface EmbeddedBatch {
  items: number;
  tokens: number;
  /** The length of the vectors that came, where the version has others: what is left needs another round of planning. */
  otherDimensions?: number;
}

/** Refused items that are told by name, and the length of the endpoint's words with each. */
const TOLD_REFUSALS = 20;
const TOLD_CHARS = 300;

/**
 * Embeds what of a batch has no vector yet, in one request, and keeps the vectors at once: a finished batch costs nothing again. When
 * the endpoint refuses the batch for what it holds, the items that it refuses are found by halving, recorded, and left out.
 */
export async function embedBatch(deps: EmbeddingDeps, input: EmbedBatchInput): Promise<EmbeddedBatch> {
  return await withHeartbeat(async () => {
    const started = performance.now();
    const { tenantId, versionId, dataSourceId, batch } = input;
    const { name: model } = deps.embeddings;
    if (input.model !== undefined && input.model !== model) {
      throw new QuaestorError(
        'model_unavailable',
        `This worker embeds with ${model}, the plan was made for ${input.model}; another worker may have it.`,
      );
    }
    const { items, size } = await deps.db.withTenant(tenantId, async (tx) => {
      await assertJobRuns(tx, input.jobId);
      const dimensions = (await loadPlan(tx, versionId))?.dimensions ?? null;
      return {
        items: await loadBatch(tx, { dataSourceId, model, dimensions }, versionId, batch),
        size: await countBatch(tx, versionId, batch),
      };
    });
    const done = { items: 0, tokens: 0, dimensions: 0 };
    const keep = async (part: readonly PendingItem[]) => {
      const { vectors, tokens, dimensions } = await deps.embeddings.embed(
        part.map((item) => item.content),
        { signal: activitySignal() },
      );
      await deps.db.withTenant(tenantId, (tx) =>
        saveEmbeddings(
          tx,
          { dataSourceId, model, dimensions },
          part.map(({ contentHash }, index) => {
            const vector = vectors[index];
            if (!vector) throw new QuaestorError('model_unavailable', 'The model left out a vector.');
            return { contentHash, vector };
          }),
        ),
      );
      done.items += part.length;
      done.tokens += tokens;
      done.dimensions = dimensions;
    };
    const refused = await embedWithoutRefused(items, keep, {
      probe: async () => void (await deps.embeddings.embed(['table'], { signal: activitySignal() })),
    });

    const settled = await deps.db.withTenant(tenantId, async (tx) => {
      const dimensions = done.items > 0 ? await settleDimensions(tx, versionId, done.dimensions) : undefined;
      const round = input.round ?? 1;
      const key = `batch-${versionId}-${round > 1 ? `${round}-` : ''}${batch}`;
      if (refused.length > 0) await tellRefused(tx, { ...input, model }, refused, key);
      const event = {
        batch,
        // Also those that an attempt before this one has kept, but could not tell.
        items: size - refused.length,
        tokens: done.tokens,
        durationMs: performance.now() - started,
        ...(refused.length > 0 ? { refused: refused.length } : {}),
      };
      // Told before: counted before.
      if ((await appendEvent(tx, input.jobId, 'batch.embedded', event, key)) === undefined) return dimensions;
      const progress = await advanceJobProgress(tx, input.jobId, size);
      if (progress) await appendEvent(tx, input.jobId, 'job.progressed', progress);
      return dimensions;
    });
    deps.bus.publish(input.jobId);
    const isOther = settled !== undefined && settled !== done.dimensions;
    return {
      items: done.items,
      tokens: done.tokens,
      ...(isOther ? { otherDimensions: done.dimensions } : {}),
    };
  });
}

async function tellRefused(
  tx: Parameters<typeof saveRefusals>[0],
  input: EmbedBatchInput & { model: string },
  refused: readonly RefusedItem<PendingItem>[],
  key: string,
): Promise<void> {
  await saveRefusals(
    tx,
    input,
    refused.map(({ item, reason }) => ({ contentHash: item.contentHash, reason })),
  );
  const told = refused.slice(0, TOLD_REFUSALS);
  const event = {
    batch: input.batch,
    count: refused.length,
    items: told.map(({ item, reason }) => ({ name: item.name, reason: reason.slice(0, TOLD_CHARS) })),
  };
  await appendEvent(tx, input.jobId, 'items.refused', event, `refused-${key}`);
}
