import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { ForeignKey, RegistryTable } from '../../contracts/schema-registry.js';
import type { DescribeSchemaInput } from '../../contracts/workflows.js';
import type { Transaction } from '../../db/database.js';
import { listDescribed, loadValuesOf, saveDescriptionBatches } from '../../db/statements/descriptions.js';
import { appendEvent } from '../../db/statements/events.js';
import { setJobProgress } from '../../db/statements/jobs.js';
import {
  listTableHeads,
  loadColumns,
  loadForeignKeys,
  type TableHead,
} from '../../db/statements/registry/schema.js';
import { getActiveVersion } from '../../db/statements/registry/versions.js';
import { type Undescribed, whatToDescribe } from '../../domain/mapping/what-to-describe.js';
import {
  buildDescriptionPrompt,
  type DescriptionPart,
  describePart,
} from '../../domain/prompt/build-description-prompt.js';
import { byTableName, familyName } from '../../domain/table-families.js';
import { createBatchPacker } from '../../domain/tokens/batch-packer.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import { assertJobRuns } from '../jobs/start-job.js';
import { chatOf, type DescriptionDeps } from './description-deps.js';

/** Tables whose columns are read in one transaction. */
const PAGE_TABLES = 50;
/** Tokens of one request: of its schema, and of the reply that each name will get, so that the reply comes within the queue's minute. */
const BATCH_TOKENS = 4_500;
const REPLY_TOKENS = 130;
const BATCH_TABLES = 20;

export interface DescriptionPlan {
  batches: number;
}

/**
 * Finds what of the active version nothing describes, and packs it into requests. Of tables alike but for numbers in their names the
 * newest is described. A repeated step starts over.
 * @throws QuaestorError `data_source_not_indexed`
 */
export async function planDescriptions(
  deps: DescriptionDeps,
  input: DescribeSchemaInput,
): Promise<DescriptionPlan> {
  return await withHeartbeat(async () => {
    const { tenantId, jobId } = input;
    const { versionId, heads, keys, described } = await open(deps, input);
    const parts: DescriptionPart[] = [];
    let tables = 0;
    let leftOut = 0;
    for (let start = 0; start < heads.length; start += PAGE_TABLES) {
      activitySignal().throwIfAborted();
      const page = heads.slice(start, start + PAGE_TABLES);
      const found = await deps.db.withTenant(tenantId, (tx) =>
        describePage(tx, { versionId, page, keys, described }),
      );
      for (const part of found) {
        if (tables >= input.maxTables) leftOut += 1;
        else parts.push(part);
        tables += 1;
      }
    }
    const batches = await pack(deps, parts);
    const targets = parts.reduce((sum, part) => sum + part.targets.length, 0);
    await deps.db.withTenant(tenantId, async (tx) => {
      await assertJobRuns(tx, jobId);
      await saveDescriptionBatches(
        tx,
        jobId,
        batches.map((batch) => ({
          targets: batch.flatMap((part) => part.targets),
          request: buildDescriptionPrompt(batch),
        })),
      );
      const startedAt = new Date().toISOString();
      await setJobProgress(tx, jobId, {
        phase: 'describing',
        done: 0,
        total: targets,
        unit: 'names',
        startedAt,
      });
      const event = { tables: parts.length, names: targets, batches: batches.length, leftOut };
      await appendEvent(tx, jobId, 'descriptions.planned', event, 'planned');
    });
    deps.bus.publish(jobId);
    return { batches: batches.length };
  });
}

interface Opened {
  versionId: string;
  /** The newest table of each family, by name; those asked for, where some were. */
  heads: TableHead[];
  keys: ForeignKey[];
  described: ReadonlySet<string>;
}

async function open(deps: DescriptionDeps, input: DescribeSchemaInput): Promise<Opened> {
  return await deps.db.withTenant(input.tenantId, async (tx) => {
    await assertJobRuns(tx, input.jobId);
    const version = await getActiveVersion(tx, input.dataSourceId);
    if (!version) throw new QuaestorError('data_source_not_indexed', 'The data source has no index yet.');
    const asked = input.tables && new Set(input.tables);
    const heads = (await listTableHeads(tx, version.id)).sort(byTableName);
    const wanted = asked
      ? heads.filter((head) => asked.has(head.canonicalTableName))
      : [...new Map(heads.map((head) => [familyName(head), head])).values()];
    return {
      versionId: version.id,
      heads: wanted.sort((a, b) => (a.canonicalTableName < b.canonicalTableName ? -1 : 1)),
      keys: await loadForeignKeys(tx, version.id),
      described: await listDescribed(tx, input.dataSourceId),
    };
  });
}

async function describePage(
  tx: Transaction,
  { versionId, page, keys, described }: { page: readonly TableHead[] } & Omit<Opened, 'heads'>,
): Promise<DescriptionPart[]> {
  const columns = await loadColumns(
    tx,
    versionId,
    page.map((head) => head.canonicalTableName),
  );
  const wanting = page.flatMap(({ columnsHash: _hash, columnCount: _count, ...head }): Undescribed[] => {
    const table: RegistryTable = { ...head, columns: columns.get(head.canonicalTableName) ?? [] };
    const wanted = whatToDescribe(table, described);
    return wanted ? [wanted] : [];
  });
  const values = await loadValuesOf(
    tx,
    versionId,
    wanting.flatMap(({ targets }) => targets),
  );
  return wanting.flatMap((one) => describePart(one, keys, values) ?? []);
}

async function pack(deps: DescriptionDeps, parts: readonly DescriptionPart[]): Promise<DescriptionPart[][]> {
  const countTokens = await chatOf(deps).loadTokenCounter();
  const packer = createBatchPacker({ maxInputs: BATCH_TABLES, maxTokens: BATCH_TOKENS });
  const batches: DescriptionPart[][] = [];
  for (const part of parts) {
    const place = packer.add(countTokens(part.text) + REPLY_TOKENS * part.targets.length);
    if (place === batches.length) batches.push([]);
    batches[place]!.push(part);
  }
  return batches;
}
