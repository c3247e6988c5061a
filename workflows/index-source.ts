import { patched } from '@temporalio/workflow';
import type { DataSourceActivities } from '../activities/data-sources/create-data-source-activities.js';
import type { EmbeddingActivities } from '../activities/registry/create-embedding-activities.js';
import type {
  LongRegistryActivities,
  RegistryActivities,
} from '../activities/registry/create-registry-activities.js';
import { errorRecord } from '../contracts/quaestor-error.js';
import type { IndexSourceInput, IndexSourceResult } from '../contracts/workflows.js';
import { localActivities, remoteActivities } from './activity-proxies.js';
import { allOrNone, inWindow } from './in-window.js';
import { toWorkflowFailure } from './job-failure.js';
import { enterPhase } from './job-phase.js';
import { runAsJob } from './run-as-job.js';
import { startExampleRun } from './start-example-run.js';

/** Batches scheduled at once: enough to keep the embedding queue busy, few enough for any history. */
const WINDOW = 10;
/** An endpoint may change the length of its vectors while it is being asked; one that goes on changing it is not usable. */
const ROUNDS = 3;

/** Indexes a data source: introspect, sample values, embed what changed, switch the new version on. The old version answers until then. */
export async function indexSource(input: IndexSourceInput): Promise<IndexSourceResult> {
  const job = { kind: 'index-source', subjectId: input.dataSourceId } as const;
  return await runAsJob(input, job, async () => buildVersion(input));
}

async function buildVersion(input: IndexSourceInput): Promise<IndexSourceResult> {
  const registry = localActivities<RegistryActivities>(input.queues);
  await registry.markSourceIndexing(input);

  enterPhase('introspecting', 'Reading the catalog.');
  const source = remoteActivities<DataSourceActivities & LongRegistryActivities>('data-source', input.queues);
  const schema = await source.introspectSource(input);
  const version = { ...input, versionId: schema.versionId };

  const isPaged = patched('paged-plan');
  let embedded: Embedded;
  if (isPaged) {
    // Sampling waits for the data source, planning and embedding for the store and the model.
    const lookAtValues = async () => {
      await source.sampleValues(version);
      await source.inferJoins(version);
    };
    [embedded] = await allOrNone([() => embedInRounds(version, schema.tables), lookAtValues] as const);
  } else {
    if (patched('sample-values')) {
      enterPhase('sampling', `Sampling values of ${schema.tables} tables.`);
      await source.sampleValues(version);
    }
    if (patched('infer-joins')) {
      enterPhase('inferring', 'Looking for joins that no key declares.');
      await source.inferJoins(version);
    }
    embedded = await embed(version, schema.tables, await registry.planEmbedding(version));
  }

  await registry.activateVersion({ ...version, model: embedded.model });
  // The job has succeeded; what it leaves over is not worth failing it, and the next indexing removes it.
  if (isPaged) await source.removeUnusedVersions(input).catch(() => undefined);
  if (patched('check-examples'))
    await startExampleRun(input, { dataSourceId: input.dataSourceId }).catch(() => undefined);
  return {
    status: 'succeeded',
    versionId: schema.versionId,
    tables: schema.tables,
    columns: schema.columns,
    embedded: embedded.items,
  };
}

type Version = IndexSourceInput & { versionId: string };
interface Embedded {
  items: number;
  model: string;
}
type Plan = Awaited<ReturnType<LongRegistryActivities['planEmbedding']>>;

/** Plans and embeds; again, with vectors of the new length for all, when the endpoint turns out to have changed it. */
async function embedInRounds(version: Version, tables: number): Promise<Embedded> {
  const { planEmbedding } = remoteActivities<LongRegistryActivities>('data-source', version.queues);
  let items = 0;
  let dimensions: number | undefined;
  for (let round = 1; round <= ROUNDS; round++) {
    enterPhase('planning', `Planning what to embed of ${tables} tables.`);
    const request = { ...version, round, ...(dimensions === undefined ? {} : { dimensions }) };
    const plan = await planEmbedding(request);
    const embedded = await embed({ ...version, round }, tables, plan);
    items += plan.items;
    if (embedded.otherDimensions === undefined) return { items, model: plan.model };
    dimensions = embedded.otherDimensions;
  }
  throw toWorkflowFailure(
    errorRecord(
      'model_dimensions_changed',
      `The embedding model changed the length of its vectors ${ROUNDS} times while it was asked.`,
    ),
  );
}

/** Embeds the batches of a plan, some at once. `otherDimensions`: the last length that came where the version has another. */
async function embed(
  version: Version & { round?: number },
  tables: number,
  plan: Plan,
): Promise<Embedded & { otherDimensions?: number }> {
  enterPhase('embedding', `Embedding ${plan.items} items of ${tables} tables in ${plan.batches} batches.`);
  const { embedBatch } = remoteActivities<EmbeddingActivities>('embedding', version.queues);
  let otherDimensions: number | undefined;
  await inWindow(plan.batches, WINDOW, async (batch) => {
    const done = await embedBatch({ ...version, batch, model: plan.model });
    otherDimensions = done.otherDimensions ?? otherDimensions;
  });
  return {
    items: plan.items,
    model: plan.model,
    ...(otherDimensions === undefined ? {} : { otherDimensions }),
  };
}
