import type { IndexSourceInput } from '../../contracts/workflows.js';
import type { Database } from '../../db/database.js';
import { setDataSourceStatus } from '../../db/statements/data-sources.js';
import { appendEvent } from '../../db/statements/events.js';
import { markJobFinished } from '../../db/statements/jobs.js';
import { activateVersion, recordRefusedItems } from '../../db/statements/registry/versions.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import type { SchemaCache } from '../answers/schema-cache.js';
import { assertJobRuns } from '../jobs/start-job.js';
import { type PlanDeps, type PlanEmbeddingInput, planEmbedding } from './plan-embedding.js';
import { removeUnusedVersions } from './remove-unused-versions.js';

export interface RegistryDeps extends PlanDeps {
  db: Database;
  /** Where questions of this process find the schema. */
  schemas: Pick<SchemaCache, 'load'>;
}

interface VersionInput extends IndexSourceInput {
  versionId: string;
  /** The model that the plan was made for. */
  model?: string;
}

export type RegistryActivities = ReturnType<typeof createRegistryActivities>;
export type LongRegistryActivities = ReturnType<typeof createLongRegistryActivities>;

/** Steps of indexing on Quaestor's own store that take as long as the registry is large; queue `data-source`, as the reading before them. */
export function createLongRegistryActivities(deps: PlanDeps) {
  return {
    planEmbedding: (input: PlanEmbeddingInput) => planEmbedding(deps, input),
    removeUnusedVersions: (input: IndexSourceInput) =>
      withHeartbeat(() => removeUnusedVersions(deps, input, activitySignal())),
  };
}

/** Short steps of indexing on Quaestor's own store; local activities. */
export function createRegistryActivities(deps: RegistryDeps) {
  return {
    async markSourceIndexing(input: IndexSourceInput): Promise<void> {
      await deps.db.withTenant(input.tenantId, (tx) =>
        setDataSourceStatus(tx, input.dataSourceId, 'indexing'),
      );
    },

    /** Local only for workflows that began before 0.2. */
    planEmbedding: (input: PlanEmbeddingInput) => planEmbedding(deps, input),

    /**
     * Switches questions over to the new version and ends the job, in one transaction. This process then loads its schema at once, so that
     * the first question need not wait for it; when that fails, the first question does it.
     */
    async activateVersion(input: VersionInput): Promise<void> {
      const version = {
        id: input.versionId,
        dataSourceId: input.dataSourceId,
        embeddingModel: input.model ?? deps.embeddingModel,
      };
      await deps.db.withTenant(input.tenantId, (tx) => recordRefusedItems(tx, version));
      await deps.db.withTenant(input.tenantId, async (tx) => {
        await assertJobRuns(tx, input.jobId);
        const counts = await activateVersion(tx, version);
        const event = { versionId: input.versionId, ...counts };
        const key = `activated-${input.versionId}`;
        await appendEvent(tx, input.jobId, 'version.activated', event, key);
        if (await markJobFinished(tx, input.jobId, 'succeeded'))
          await appendEvent(tx, input.jobId, 'job.succeeded', event, 'ended');
      });
      deps.bus.publish(input.jobId);
      void deps.schemas.load({ tenantId: input.tenantId, versionId: input.versionId }).catch(() => undefined);
    },
  };
}
