import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { DataSourceActivities } from '../activities/data-sources/create-data-source-activities.js';
import type { JobActivities } from '../activities/jobs/create-job-activities.js';
import type { EmbeddingActivities } from '../activities/registry/create-embedding-activities.js';
import type { RegistryActivities } from '../activities/registry/create-registry-activities.js';
import type { IndexSourceInput, IndexSourceResult } from '../contracts/workflows.js';
import { localActivities, remoteActivities } from './activity-proxies.js';
import { toErrorRecordOf, toWorkflowFailure } from './job-failure.js';
import { enterPhase } from './job-phase.js';

/** Batches scheduled at once: enough to keep the embedding queue busy, few enough for any history. */
const WINDOW = 10;

/** Indexes a data source: introspect, sample values, embed what changed, switch the new version on. The old version answers until then. */
export async function indexSource(input: IndexSourceInput): Promise<IndexSourceResult> {
  const jobs = localActivities<JobActivities>(input.queues);
  try {
    await jobs.startJob(input);
    return await buildVersion(input);
  } catch (error) {
    const record = isCancellation(error) ? undefined : toErrorRecordOf(error);
    await CancellationScope.nonCancellable(
      async () =>
        await jobs.endJob({
          tenantId: input.tenantId,
          jobId: input.jobId,
          kind: 'index-source',
          subjectId: input.dataSourceId,
          ...(record ? { status: 'failed', error: record } : { status: 'cancelled' }),
        }),
    );
    throw record ? toWorkflowFailure(record) : error;
  }
}

async function buildVersion(input: IndexSourceInput): Promise<IndexSourceResult> {
  const registry = localActivities<RegistryActivities>(input.queues);
  await registry.markSourceIndexing(input);

  enterPhase('introspecting', 'Reading the catalog.');
  const source = remoteActivities<DataSourceActivities>('data-source', input.queues);
  const schema = await source.introspectSource(input);
  const version = { ...input, versionId: schema.versionId };

  if (patched('sample-values')) {
    enterPhase('sampling', `Sampling values of ${schema.tables} tables.`);
    await source.sampleValues(version);
  }
  if (patched('infer-joins')) {
    enterPhase('inferring', 'Looking for joins that no key declares.');
    await source.inferJoins(version);
  }

  const plan = await registry.planEmbedding(version);
  enterPhase(
    'embedding',
    `Embedding ${plan.items} items of ${schema.tables} tables in ${plan.batches} batches.`,
  );
  const { embedBatch } = remoteActivities<EmbeddingActivities>('embedding', input.queues);
  await inWindow(plan.batches, WINDOW, async (batch) => {
    await embedBatch({ ...version, batch, model: plan.model });
  });

  await registry.activateVersion({ ...version, model: plan.model });
  return {
    status: 'succeeded',
    versionId: schema.versionId,
    tables: schema.tables,
    columns: schema.columns,
    embedded: plan.items,
  };
}

/** Runs `work` for 0 … count-1, at most `width` at once. The first failure cancels the others and is thrown. */
async function inWindow(count: number, width: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await CancellationScope.cancellable(async () => {
    const lane = async () => {
      while (next < count) await work(next++);
    };
    const lanes = Array.from({ length: Math.min(width, count) }, lane);
    try {
      await Promise.all(lanes);
    } catch (error) {
      CancellationScope.current().cancel();
      await Promise.allSettled(lanes);
      throw error;
    }
  });
}
