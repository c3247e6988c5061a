import { v7 as uuidv7 } from 'uuid';
import type {
  MappingContent,
  MappingGround,
  MappingKind,
  MappingOrigin,
  MappingSet,
  MappingStatus,
  SchemaMapping,
} from '../../contracts/schema-mapping.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';
import { loadJoinDecisions } from './joins.js';

/** A row's columns; which kind uses which is in `toRow` and `toContent`. */
interface ContentRow {
  kind: MappingKind;
  table_name: string | null;
  column_name: string | null;
  content: string;
  name: string | null;
  members: string[];
  note: string | null;
}

interface Row extends ContentRow {
  id: string;
  status: MappingStatus;
  origin: MappingOrigin;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = `id, kind, canonical_table_name AS table_name, canonical_column_name AS column_name, content, name, members, note,
  status, origin, created_at, updated_at`;

/**
 * Writes entries whose names are canonical; what was said before is changed. An entry that a model generated never changes one that
 * is there. Counts the edit when an accepted entry is new or changed.
 */
export async function putMappings(
  tx: Transaction,
  ground: MappingGround,
  entries: readonly MappingContent[],
  said: { origin: MappingOrigin; status?: MappingStatus },
): Promise<{ created: number; updated: number; unchanged: number }> {
  const status = said.status ?? 'accepted';
  const [key, identity] =
    'dataSourceId' in ground
      ? ['data_source_id', ground.dataSourceId]
      : ['datasets_key', datasetsKey(ground.datasetIds)];
  const rows = await tx.query<{ is_new: boolean }>(
    `INSERT INTO schema_mappings AS m (id, tenant_id, ${key}, kind, canonical_table_name, canonical_column_name, content,
                                       name, members, note, status, origin)
     SELECT r.id, $1, $2, r.kind, r.table_name, r.column_name, r.content, r.name, r.members, r.note, $4, $5
     FROM jsonb_to_recordset($3) AS r(id uuid, kind text, table_name text, column_name text, content text, name text,
                                      members text[], note text)
     ON CONFLICT (${key}, mapping_identity(kind, coalesce(canonical_column_name, canonical_table_name), content, name))
     DO UPDATE
       SET content = excluded.content, name = excluded.name, members = excluded.members, note = excluded.note,
           status = excluded.status, origin = excluded.origin, updated_at = now()
       WHERE excluded.status <> 'generated'
         AND (m.content, m.name, m.members, m.note, m.status)
           IS DISTINCT FROM (excluded.content, excluded.name, excluded.members, excluded.note, excluded.status)
     RETURNING xmax = 0 AS is_new`,
    [tx.tenantId, identity, toJson(onePerIdentity(entries)), status, said.origin],
  );
  const created = rows.filter((row) => row.is_new).length;
  if (rows.length > 0 && status === 'accepted') await countEdit(tx, ground);
  return { created, updated: rows.length - created, unchanged: entries.length - rows.length };
}

export interface MappingFilter {
  kind?: MappingKind | undefined;
  status?: MappingStatus | undefined;
  /** Canonical name of a table: what is said about it and its columns. */
  table?: string | undefined;
  /** Id of the last entry of the page before. */
  after?: string | undefined;
  limit: number;
}

/** A page of entries in the order in which they were first said. */
export async function listMappings(
  tx: Transaction,
  dataSourceId: string,
  filter: MappingFilter,
): Promise<SchemaMapping[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM schema_mappings
     WHERE data_source_id = $1 AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR status = $3)
       AND ($4::text IS NULL OR canonical_table_name = $4 OR $4 = ANY(members)) AND ($5::uuid IS NULL OR id > $5)
     ORDER BY id LIMIT $6`,
    [
      dataSourceId,
      filter.kind ?? null,
      filter.status ?? null,
      filter.table ?? null,
      filter.after ?? null,
      filter.limit,
    ],
  );
  return rows.map(toMapping);
}

export async function getMapping(
  tx: Transaction,
  dataSourceId: string,
  id: string,
): Promise<SchemaMapping | undefined> {
  const [row] = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM schema_mappings WHERE data_source_id = $1 AND id = $2`,
    [dataSourceId, id],
  );
  return row && toMapping(row);
}

/** Accepts or rejects an entry; undefined when there is none. */
export async function setMappingStatus(
  tx: Transaction,
  dataSourceId: string,
  id: string,
  status: MappingStatus,
): Promise<SchemaMapping | undefined> {
  const [row] = await tx.query<Row>(
    `UPDATE schema_mappings SET status = $3, updated_at = now() WHERE data_source_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
    [dataSourceId, id, status],
  );
  if (row) await countEdit(tx, { dataSourceId });
  return row && toMapping(row);
}

/** False when there is none. */
export async function deleteMapping(tx: Transaction, dataSourceId: string, id: string): Promise<boolean> {
  const rows = await tx.query(
    'DELETE FROM schema_mappings WHERE data_source_id = $1 AND id = $2 RETURNING id',
    [dataSourceId, id],
  );
  if (rows.length > 0) await countEdit(tx, { dataSourceId });
  return rows.length > 0;
}

/** All that counts, and its edition; the statements see one state when the transaction does. */
export async function loadMappings(tx: Transaction, dataSourceId: string): Promise<MappingSet> {
  const version = await getMappingVersion(tx, dataSourceId);
  if (version === 0) return { version, entries: [], joins: [] };
  const rows = await tx.query<ContentRow>(
    `SELECT ${COLUMNS} FROM schema_mappings WHERE data_source_id = $1 AND status = 'accepted' ORDER BY id`,
    [dataSourceId],
  );
  return { version, entries: rows.map(toContent), joins: await loadJoinDecisions(tx, dataSourceId) };
}

/** How often the mappings were edited; 0 when there never were any, or no such data source. */
export async function getMappingVersion(tx: Transaction, dataSourceId: string): Promise<number> {
  const [row] = await tx.query<{ mapping_version: number }>(
    'SELECT mapping_version FROM data_sources WHERE id = $1',
    [dataSourceId],
  );
  return row?.mapping_version ?? 0;
}

/** Makes answers that were kept before one that is not given again. */
export async function countEdit(tx: Transaction, ground: MappingGround): Promise<void> {
  const [table, ids] =
    'dataSourceId' in ground
      ? ['data_sources', [ground.dataSourceId]]
      : // In one order, so that two who speak of the same datasets wait for each other.
        ['datasets', [...ground.datasetIds].sort()];
  for (const id of ids)
    await tx.query(`UPDATE ${table} SET mapping_version = mapping_version + 1 WHERE id = $1`, [id]);
}

/** Equal for the same datasets in any order. */
export const datasetsKey = (ids: readonly string[]): string => [...new Set(ids)].sort().join(' ');

/** One statement may not change a row twice: of entries that say the same thing the last one counts. */
function onePerIdentity(entries: readonly MappingContent[]): object[] {
  const byIdentity = new Map<string, object>();
  for (const entry of entries) {
    const row = toRow(entry);
    const said = row.kind === 'synonym' || row.kind === 'instruction' ? row.content : row.name;
    byIdentity.set(JSON.stringify([row.kind, row.table_name, row.column_name, said]), {
      id: uuidv7(),
      ...row,
    });
  }
  return [...byIdentity.values()];
}

const EMPTY = { table_name: null, column_name: null, content: '', name: null, members: [], note: null };

function toRow(entry: MappingContent): ContentRow {
  switch (entry.kind) {
    case 'synonym':
    case 'description':
      return { ...EMPTY, kind: entry.kind, ...toNames(entry.target), content: entry.text };
    case 'pin':
    case 'exclude':
      return { ...EMPTY, kind: entry.kind, table_name: entry.target };
    case 'instruction':
      return { ...EMPTY, kind: entry.kind, content: entry.text };
    case 'metric':
      return {
        ...EMPTY,
        kind: entry.kind,
        name: entry.name,
        content: entry.expression,
        members: entry.tables,
        note: entry.text ?? null,
      };
    case 'example':
      return {
        ...EMPTY,
        kind: entry.kind,
        name: entry.question,
        content: entry.sql,
        members: entry.tables ?? [],
      };
    case 'area':
      return {
        ...EMPTY,
        kind: entry.kind,
        name: entry.name,
        members: entry.members,
        note: entry.text ?? null,
      };
  }
}

/** A canonical name's third part is a column; a dot inside quotes parts nothing. */
function toNames(target: string): { table_name: string; column_name: string | null } {
  const [schema, table, column] = target.match(/"(?:[^"]|"")*"|[^."]+/g) ?? [];
  return { table_name: `${schema}.${table}`, column_name: column === undefined ? null : target };
}

function toContent(row: ContentRow): MappingContent {
  const target = row.column_name ?? row.table_name ?? '';
  const note = row.note === null ? {} : { text: row.note };
  switch (row.kind) {
    case 'synonym':
    case 'description':
      return { kind: row.kind, target, text: row.content };
    case 'pin':
    case 'exclude':
      return { kind: row.kind, target };
    case 'instruction':
      return { kind: row.kind, text: row.content };
    case 'metric':
      return {
        kind: row.kind,
        name: row.name ?? '',
        expression: row.content,
        tables: row.members,
        ...note,
      };
    case 'example':
      return { kind: row.kind, question: row.name ?? '', sql: row.content, tables: row.members };
    case 'area':
      return { kind: row.kind, name: row.name ?? '', members: row.members, ...note };
  }
}

const toMapping = (row: Row): SchemaMapping => ({
  id: row.id,
  ...toContent(row),
  status: row.status,
  origin: row.origin,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});
