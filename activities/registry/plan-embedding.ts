import { createHash } from 'node:crypto';
import { LIMITS } from '../../contracts/limits.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { MappingContent } from '../../contracts/schema-mapping.js';
import type { RegistryTable } from '../../contracts/schema-registry.js';
import type { IndexSourceInput } from '../../contracts/workflows.js';
import type { Transaction } from '../../db/database.js';
import { appendEvent } from '../../db/statements/events.js';
import { setJobProgress } from '../../db/statements/jobs.js';
import { loadMappings } from '../../db/statements/mappings.js';
import {
  copyItems,
  deleteItems,
  findKnownContents,
  insertItems,
  type RegistryItem,
} from '../../db/statements/registry/items.js';
import {
  findDimensions,
  findLikeVersion,
  loadPlan,
  type PlanState,
  savePlan,
  setDimensions,
} from '../../db/statements/registry/plan.js';
import { listTableHeads, loadColumns, type TableHead } from '../../db/statements/registry/schema.js';
import { canonicalTableName, parseCanonicalName } from '../../domain/canonical-names.js';
import { familyItems, type ItemText } from '../../domain/index-items.js';
import { applyMappings, sayingsOf } from '../../domain/mapping/apply-mappings.js';
import { byTableName, familyName, groupFamilies, type TableFamily } from '../../domain/table-families.js';
import { createBatchPacker, NOTHING_PACKED } from '../../domain/tokens/batch-packer.js';
import type { EventBus } from '../../platform/event-bus.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import { assertJobRuns } from '../jobs/start-job.js';
import type { TenantStore } from '../patient-store.js';

export interface PlanDeps {
  db: TenantStore;
  bus: EventBus;
  /** Name of the embedding model in use. */
  embeddingModel: string;
  /** Loads the model's tokeniser: some 80 MB that a version without changes does not need. */
  loadTokenCounter: () => Promise<(text: string) => number>;
}

export interface PlanEmbeddingInput extends IndexSourceInput {
  versionId: string;
  /** Default 1. A further round starts over, for vectors of the length `dimensions`. */
  round?: number;
  dimensions?: number;
}

export interface EmbeddingPlan {
  batches: number;
  /** Contents to embed, each once. */
  items: number;
  model: string;
}

/** Of what items say (domain/index-items.ts). Raised when that changes, so that the items of before are not taken over. */
const CONTENTS = 1;

/** A page holds whole groups of tables, so many of them that they have at most so many columns. */
const PAGE_COLUMNS = 5_000;

/** Tables whose names are equal after folding digits; the families among them are told apart by their columns. */
interface TableGroup {
  name: string;
  tables: TableHead[];
}

/**
 * Makes the items of a version, one for each table and column of each family, and packs those without a vector into batches of one
 * request each. Page by page in short transactions, each of which says how far the plan has come: a repeated step goes on from there.
 * Equal contents share one place in one batch.
 */
export async function planEmbedding(deps: PlanDeps, input: PlanEmbeddingInput): Promise<EmbeddingPlan> {
  return await withHeartbeat(async () => {
    const { heads, entries, dimensions, plan, previous } = await openPlan(deps, input);
    const before = new Map(groupHeads(previous?.heads ?? []).map((group) => [group.name, group]));
    const isUnchanged = (group: TableGroup) => isSameGroup(group, before.get(group.name));
    let state = plan;
    for (const page of pagesOf(groupHeads(heads), state.after, isUnchanged)) {
      activitySignal().throwIfAborted();
      state =
        previous && isUnchanged(page[0]!)
          ? await takeOver(deps, input, { page, state, from: previous.versionId })
          : await planPage(deps, input, { page, state, dimensions, entries });
    }
    const { items, unchanged, refused, round } = state;
    const batches = state.packed.batches;
    await deps.db.withTenant(input.tenantId, async (tx) => {
      await setJobProgress(tx, input.jobId, {
        phase: 'embedding',
        done: 0,
        total: items,
        unit: 'items',
        startedAt: new Date().toISOString(),
      });
      const planned = { items, batches, unchanged, ...(refused > 0 ? { refused } : {}) };
      await appendEvent(
        tx,
        input.jobId,
        'embedding.planned',
        planned,
        `planned-${input.versionId}${round > 1 ? `-${round}` : ''}`,
      );
    });
    deps.bus.publish(input.jobId);
    return { batches, items, model: state.model };
  });
}

interface OpenedPlan {
  heads: TableHead[];
  /** What people say about the schema. */
  entries: readonly MappingContent[];
  dimensions: number | null;
  plan: PlanState;
  /** The active version, where its items and vectors are of the same kind. */
  previous?: { versionId: string; heads: TableHead[] };
}

/** The plan to go on with: a new one, or that of an attempt which was broken off. */
async function openPlan(deps: PlanDeps, input: PlanEmbeddingInput): Promise<OpenedPlan> {
  const { versionId, round = 1 } = input;
  return await deps.db.withTenant(input.tenantId, async (tx) => {
    await assertJobRuns(tx, input.jobId);
    const stored = await loadPlan(tx, versionId);
    if (!stored) throw new QuaestorError('not_found', 'The registry version was deleted.');
    const { plan } = stored;
    const { entries, version: mappings } = await loadMappings(tx, input.dataSourceId);
    const heads = setApart(await listTableHeads(tx, versionId), entries);
    const like = { model: deps.embeddingModel, contents: CONTENTS, mappings };
    const activeId = round === 1 ? await findLikeVersion(tx, input.dataSourceId, like) : undefined;
    const previous = activeId && {
      versionId: activeId,
      heads: setApart(await listTableHeads(tx, activeId), entries),
    };
    const known = { heads, entries, ...(previous ? { previous } : {}) };
    if (plan && plan.round >= round && plan.model === deps.embeddingModel && plan.mappings === mappings)
      return { ...known, dimensions: stored.dimensions, plan };
    const dimensions =
      input.dimensions ?? (await findDimensions(tx, input.dataSourceId, deps.embeddingModel));
    const fresh: PlanState = {
      round,
      ...like,
      after: null,
      packed: NOTHING_PACKED,
      items: 0,
      unchanged: 0,
      refused: 0,
    };
    await deleteItems(tx, versionId);
    await setDimensions(tx, versionId, dimensions);
    if (!(await savePlan(tx, versionId, plan, fresh))) throw overtaken();
    return { ...known, dimensions, plan: fresh };
  });
}

const overtaken = (): Error => new Error('Another attempt of this step goes on with the plan');

function groupHeads(heads: readonly TableHead[]): TableGroup[] {
  const groups = new Map<string, TableHead[]>();
  for (const head of heads) {
    const name = familyName(head);
    const list = groups.get(name);
    if (list) list.push(head);
    else groups.set(name, [head]);
  }
  return [...groups]
    .map(([name, tables]) => ({ name, tables: tables.sort(byTableName) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Pages after the group `after`: each of unchanged groups or of others only. */
function* pagesOf(
  groups: readonly TableGroup[],
  after: string | null,
  isUnchanged: (group: TableGroup) => boolean,
): Generator<TableGroup[]> {
  let page: TableGroup[] = [];
  let columns = 0;
  for (const group of groups) {
    if (after !== null && group.name <= after) continue;
    if (page.length > 0 && isUnchanged(group) !== isUnchanged(page[0]!)) {
      yield page;
      page = [];
      columns = 0;
    }
    page.push(group);
    columns += [...withOneOfEach(group.tables).values()].reduce((sum, head) => sum + head.columnCount, 0);
    if (columns < PAGE_COLUMNS) continue;
    yield page;
    page = [];
    columns = 0;
  }
  if (page.length > 0) yield page;
}

const isSameGroup = (a: TableGroup, b: TableGroup | undefined): boolean =>
  b !== undefined &&
  a.tables.length === b.tables.length &&
  a.tables.every((head, index) => {
    const other = b.tables[index]!;
    return (
      head.tableName === other.tableName &&
      head.columnsHash === other.columnsHash &&
      head.comment === other.comment
    );
  });

/** Takes the items of unchanged tables over from the active version, all of which have vectors or were refused, in one statement. */
async function takeOver(
  deps: PlanDeps,
  { tenantId, dataSourceId, versionId }: PlanEmbeddingInput,
  { page, state, from }: { page: TableGroup[]; state: PlanState; from: string },
): Promise<PlanState> {
  const names = page.flatMap(({ tables }) => tables.map((head) => head.canonicalTableName));
  return await deps.db.withTenant(tenantId, async (tx) => {
    const unchanged = await copyItems(tx, { dataSourceId, versionId }, from, names);
    const next = { ...state, after: page.at(-1)!.name, unchanged: state.unchanged + unchanged };
    if (!(await savePlan(tx, versionId, state, next))) throw overtaken();
    return next;
  });
}

/** Of tables with equal columns the newest, by the columns' hash: thousands of shards need their columns read once. */
const withOneOfEach = (tables: readonly TableHead[]): Map<string, TableHead> =>
  new Map(tables.map((head) => [head.columnsHash, head]));

async function planPage(
  deps: PlanDeps,
  input: PlanEmbeddingInput,
  {
    page,
    state,
    dimensions,
    entries,
  }: { page: TableGroup[]; state: PlanState; dimensions: number | null; entries: readonly MappingContent[] },
): Promise<PlanState> {
  const { versionId, dataSourceId, tenantId } = input;
  const families = await deps.db.withTenant(tenantId, (tx) => loadFamilies(tx, versionId, page, entries));
  const items = families.flatMap(familyItems).map(withHash);
  const hashes = new Map(items.map((item) => [item.contentHash.toString('hex'), item.contentHash]));
  const key = { dataSourceId, model: state.model, dimensions };
  const known = await deps.db.withTenant(tenantId, (tx) =>
    findKnownContents(tx, key, versionId, [...hashes.values()]),
  );

  const packer = createBatchPacker(
    { maxInputs: LIMITS.embeddingInputs, maxTokens: LIMITS.embeddingTokens },
    state.packed,
  );
  const countTokens = await deps.loadTokenCounter();
  const counts = { items: 0, unchanged: 0, refused: 0 };
  const batchOf = new Map<string, number | null>();
  for (const { content, contentHash } of items) {
    const hash = contentHash.toString('hex');
    if (batchOf.has(hash)) continue;
    const found = known.get(hash);
    if (found === 'embedded') counts.unchanged += 1;
    else if (found === 'refused') counts.refused += 1;
    else if (!found) counts.items += 1;
    const batch = found === undefined ? packer.add(countTokens(content)) : null;
    batchOf.set(hash, typeof found === 'object' ? found.batch : batch);
  }

  const next: PlanState = {
    ...state,
    after: page.at(-1)!.name,
    packed: packer.packed,
    items: state.items + counts.items,
    unchanged: state.unchanged + counts.unchanged,
    refused: state.refused + counts.refused,
  };
  const rows: RegistryItem[] = items.map((item) => ({
    ...item,
    batch: batchOf.get(item.contentHash.toString('hex')) ?? null,
  }));
  await deps.db.withTenant(tenantId, async (tx) => {
    if (!(await savePlan(tx, versionId, state, next))) throw overtaken();
    await insertItems(tx, { dataSourceId, versionId }, rows);
  });
  return next;
}

async function loadFamilies(
  tx: Transaction,
  versionId: string,
  page: readonly TableGroup[],
  entries: readonly MappingContent[],
): Promise<TableFamily[]> {
  const oneOfEach = page.map(({ tables }) => withOneOfEach(tables));
  const names = oneOfEach.flatMap((heads) => [...heads.values()].map((head) => head.canonicalTableName));
  const columns = await loadColumns(tx, versionId, names);
  return page.flatMap(({ tables }, index) => {
    const whole = tables.map(({ columnsHash, columnCount: _count, ...head }): RegistryTable => {
      const like = oneOfEach[index]!.get(columnsHash)!;
      return { ...head, columns: columns.get(like.canonicalTableName) ?? [] };
    });
    return groupFamilies(applyMappings(whole, entries));
  });
}

/** Tables of which people say something share no columns with others: what is said of a column is said of this table's. */
function setApart(heads: readonly TableHead[], entries: readonly MappingContent[]): TableHead[] {
  const told = new Set(
    [...sayingsOf(entries).keys()].flatMap((name) => {
      const parts = parseCanonicalName(name);
      return parts ? [canonicalTableName(parts.schema, parts.table)] : [];
    }),
  );
  return heads.map((head) =>
    told.has(head.canonicalTableName)
      ? { ...head, columnsHash: `${head.columnsHash} of ${head.canonicalTableName}` }
      : head,
  );
}

const withHash = (item: ItemText) => ({
  ...item,
  contentHash: createHash('sha256').update(item.content).digest(),
});
