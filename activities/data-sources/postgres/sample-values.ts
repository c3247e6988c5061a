import type { PoolClient, QueryResult } from 'pg';
import type { RegistryTable } from '../../../contracts/schema-registry.js';
import { quoteIdentifier } from '../../../domain/canonical-names.js';
import type { TableSample } from '../connector.js';
import { columnsToSample, keepValueLists, SAMPLING } from '../value-lists.js';

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
  const sampled = columnsToSample(table, texts);
  const { columns } = sampled;
  if (table.kind === 'foreign-table' || texts.length === 0) return undefined;
  if (columns.length === 0) return sampled.sample;
  const picked = columns.map(
    ({ name }, index) => `left(${quoteIdentifier(name)}::text, ${SAMPLING.maxChars + 1}) AS v${index}`,
  );
  const distinct = columns.map(
    (_, index) =>
      `SELECT ${index} AS place, v FROM (SELECT DISTINCT v${index} AS v FROM sampled WHERE v${index} <> '' LIMIT ${SAMPLING.maxDistinct + 1}) d${index}`,
  );
  const from = `${table.canonicalTableName}${sampleClause(table)}`;
  const sql = `WITH sampled AS MATERIALIZED (SELECT ${picked.join(', ')} FROM ${from} LIMIT ${SAMPLING.maxRows})
    ${distinct.join(' UNION ALL ')}`;
  try {
    // One round trip, of which each statement has a result of its own; pg's types know of one only.
    const results = (await client.query(
      `BEGIN READ ONLY; SET LOCAL statement_timeout = ${SAMPLING.timeoutMs}; ${sql}; ROLLBACK`,
    )) as unknown as QueryResult<{ place: number; v: string }>[];
    return keepValueLists(sampled, results[2]?.rows ?? []);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function sampleClause({ kind, estimatedRows }: RegistryTable): string {
  const hasPages = kind === 'table' || kind === 'materialized-view' || kind === 'partitioned-table';
  if (!hasPages || estimatedRows === null || estimatedRows <= 2 * SAMPLING.maxRows) return '';
  // Half as much again, as pages are not equally full.
  const percent = Math.max(0.0001, (100 * 1.5 * SAMPLING.maxRows) / estimatedRows);
  return ` TABLESAMPLE SYSTEM (${percent.toFixed(4)})`;
}
