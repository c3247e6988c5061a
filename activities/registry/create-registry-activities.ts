import { LIMITS } from '../../contracts/limits.js';
import type { IndexSourceInput } from '../../contracts/workflows.js';
import type { Database } from '../../db/database.js';
import { setDataSourceStatus } from '../../db/statements/data-sources.js';
import { appendEvent } from '../../db/statements/events.js';
import { markJobFinished, setJobProgress } from '../../db/statements/jobs.js';
import { assignBatches, findPendingItems } from '../../db/statements/registry/items.js';
import { activateVersion, removeUnusedVersions } from '../../db/statements/registry/versions.js';
import { packBatches } from '../../domain/tokens/pack-batches.js';
import type { EventBus } from '../../platform/event-bus.js';
import type { Logger } from '../../platform/logger.js';
import { assertJobRuns } from '../jobs/start-job.js';

export interface RegistryDeps {
  db: Database;
  bus: EventBus;
  logger: Logger;
  /** Name of the embedding model in use. */
  embeddingModel: string;
  countTokens: (text: string) => number;
}

interface VersionInput extends IndexSourceInput {
  versionId: string;
  /** The model that the plan was made for. */
  model?: string;
}

export type RegistryActivities = ReturnType<typeof createRegistryActivities>;

/** Short steps of indexing on Quaestor's own store; local activities. */
export function createRegistryActivities(deps: RegistryDeps) {
  return {
    async markSourceIndexing(input: IndexSourceInput): Promise<void> {
      await deps.db.withTenant(input.tenantId, (tx) =>
        setDataSourceStatus(tx, input.dataSourceId, 'indexing'),
      );
    },

    /** Packs what has no vector yet into batches of one request each. Repeating it packs only what is still missing. */
    async planEmbedding(input: VersionInput): Promise<{ batches: number; items: number; model: string }> {
      const plan = await deps.db.withTenant(input.tenantId, async (tx) => {
        await assertJobRuns(tx, input.jobId);
        const { pending, unchanged } = await findPendingItems(tx, input.versionId, deps.embeddingModel);
        const batches = packBatches(
          pending.map((item) => ({ tokens: deps.countTokens(item.content) })),
          { maxInputs: LIMITS.embeddingInputs, maxTokens: LIMITS.embeddingTokens },
        );
        await assignBatches(
          tx,
          input.versionId,
          batches.flatMap((members, batch) =>
            members.map((index) => ({ contentHash: pending[index]!.contentHash, batch })),
          ),
        );
        await setJobProgress(tx, input.jobId, {
          phase: 'embedding',
          done: 0,
          total: pending.length,
          unit: 'items',
          startedAt: new Date().toISOString(),
        });
        const planned = { items: pending.length, batches: batches.length, unchanged };
        await appendEvent(tx, input.jobId, 'embedding.planned', planned, `planned-${input.versionId}`);
        return planned;
      });
      deps.bus.publish(input.jobId);
      return { batches: plan.batches, items: plan.items, model: deps.embeddingModel };
    },

    /** Switches questions over to the new version and ends the job, in one transaction. */
    async activateVersion(input: VersionInput): Promise<void> {
      const version = {
        id: input.versionId,
        dataSourceId: input.dataSourceId,
        embeddingModel: input.model ?? deps.embeddingModel,
      };
      await deps.db.withTenant(input.tenantId, async (tx) => {
        await assertJobRuns(tx, input.jobId);
        const counts = await activateVersion(tx, version);
        await appendEvent(
          tx,
          input.jobId,
          'version.activated',
          { versionId: input.versionId, ...counts },
          `activated-${input.versionId}`,
        );
        if (await markJobFinished(tx, input.jobId, 'succeeded')) {
          await appendEvent(
            tx,
            input.jobId,
            'job.succeeded',
            { versionId: input.versionId, ...counts },
            'ended',
          );
        }
      });
      deps.bus.publish(input.jobId);
      // The job has succeeded; what is left over is not worth failing it. The next activation removes it.
      await deps.db
        .withTenant(input.tenantId, (tx) => removeUnusedVersions(tx, version))
        .catch((error: unknown) =>
          deps.logger.warn({ err: error }, 'could not remove unused registry versions'),
        );
    },
  };
}
