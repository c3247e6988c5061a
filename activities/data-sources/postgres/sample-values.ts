import type { PoolClient } from 'pg';
import type { RegistryTable } from '../../../contracts/schema-registry.js';
import { quoteIdentifier } from '../../../domain/canonical-names.js';
import { looksPersonalColumn, looksPersonalValues } from '../../../domain/values/personal-data.js';
import type { TableSample } from '../connector.js';

/** More distinct values than this, and they are no list of choices. */
const MAX_DISTINCT = 50;
/** Longest value, in characters; a longer one makes the column prose. */
const MAX_CHARS = 60;
/** Rows of one table that are looked at. */
const MAX_ROWS = 20_000;
/** Columns of one table that are looked at, in their order. */
const MAX_COLUMNS = 60;
/** On the server, for one table. */
const TIMEOUT_MS = 2_000;

const TEXT = /^(text|character varying|character|citext|name|"char")(\(\d+\))?$/;

/** Names of enumerated types as `format_type` prints them. */
export async function readEnumTypes(client: PoolClient): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format_type(oid, NULL) AS name FROM pg_type WHERE typtype = 'e'`,
  );
  return new Set(rows.map(({ name }) => name));
}

/**
 * Reads the distinct values of the text and enum columns of one table with one bounded query: at most 20,000 rows, of a large
 * table a random sample of its pages, and two seconds on the server. Foreign tables are left alone, as nobody knows what they
 * cost. Undefined where there is nothing to read. Throws what pg throws; the transaction has ended then.
 */
export async function sampleTable(
  client: PoolClient,
  table: RegistryTable,
  enumTypes: ReadonlySet<string>,
): Promise<TableSample | undefined> {
  const texts = table.columns.filter(({ dataType }) => TEXT.test(dataType) || enumTypes.has(dataType));
  const columns = texts
    .filter(({ name }) => !looksPersonalColumn(table.tableName, name))
    .slice(0, MAX_COLUMNS);
  const sample: TableSample = { values: {}, withheld: texts.length - columns.length };
  if (table.kind === 'foreign-table' || texts.length === 0) return undefined;
  if (columns.length === 0) return sample;
  const picked = columns.map(
    ({ name }, index) => `left(${quoteIdentifier(name)}::text, ${MAX_CHARS + 1}) AS v${index}`,
  );
  const distinct = columns.map(
    (_, index) =>
      `SELECT ${index} AS place, v FROM (SELECT DISTINCT v${index} AS v FROM sampled WHERE v${index} <> '' LIMIT ${MAX_DISTINCT + 1}) d${index}`,
  );
  const from = `${table.canonicalTableName}${sampleClause(table)}`;
  const sql = `WITH sampled AS MATERIALIZED (SELECT ${picked.join(', ')} FROM ${from} LIMIT ${MAX_ROWS})
    ${distinct.join(' UNION ALL ')}`;
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${TIMEOUT_MS}`);
    const { rows } = await client.query<{ place: number; v: string }>(sql);
    for (const [index, column] of columns.entries()) {
      const values = rows.filter(({ place }) => place === index).map(({ v }) => v);
      const isList = values.length <= MAX_DISTINCT && values.every((v) => Array.from(v).length <= MAX_CHARS);
      if (values.length === 0 || !isList) continue;
      if (looksPersonalValues(values)) sample.withheld += 1;
      else sample.values[column.canonicalColumnName] = values.sort();
    }
    return sample;
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

function sampleClause({ kind, estimatedRows }: RegistryTable): string {
  const hasPages = kind === 'table' || kind === 'materialized-view' || kind === 'partitioned-table';
  if (!hasPages || estimatedRows === null || estimatedRows <= 2 * MAX_ROWS) return '';
  // Half as much again, as pages are not equally full.
  const percent = Math.max(0.0001, (100 * 1.5 * MAX_ROWS) / estimatedRows);
  return ` TABLESAMPLE SYSTEM (${percent.toFixed(4)})`;
}
