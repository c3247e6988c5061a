import type { RegistryTable } from '../../../contracts/schema-registry.js';
import { quoteMysqlIdentifier } from '../../../domain/mysql-identifier.js';
import type { TableSample } from '../connector.js';
import { columnsToSample, keepValueLists, SAMPLING } from '../value-lists.js';
import { type Session, timeLimit } from './session.js';

const TEXT = /^(char|varchar|tinytext|text|mediumtext|longtext|enum|set)\b/i;

/**
 * Reads the distinct values of the text columns of one table with one bounded query: at most 20,000 rows, the first ones that the
 * server comes to (it has no cheap random sample), and two seconds on the server. Tables of other servers are left alone, as
 * nobody knows what they cost. Undefined where there is nothing to read. Throws what mysql2 throws; the transaction has ended then.
 */
export async function sampleTable(session: Session, table: RegistryTable): Promise<TableSample | undefined> {
  const texts = table.columns.filter(({ dataType }) => TEXT.test(dataType));
  const sampled = columnsToSample(table, texts);
  const { columns } = sampled;
  if (table.kind === 'foreign-table' || texts.length === 0) return undefined;
  if (columns.length === 0) return sampled.sample;
  const from = `${quoteMysqlIdentifier(table.schemaName)}.${quoteMysqlIdentifier(table.tableName)}`;
  // Each column by itself: a common table expression would be made anew for every use of it, with all its columns.
  const distinct = columns.map(({ name }, index) => {
    // Compared by bytes: values that differ in case only are told apart, as they are spelled.
    const value = `CAST(LEFT(${quoteMysqlIdentifier(name)}, ${SAMPLING.maxChars + 1}) AS CHAR) COLLATE utf8mb4_bin`;
    return `(SELECT DISTINCT ${index} AS place, v FROM (SELECT ${value} AS v FROM ${from} LIMIT ${SAMPLING.maxRows}) AS sampled
       WHERE v <> '' LIMIT ${SAMPLING.maxDistinct + 1})`;
  });
  await session.run(timeLimit(session, SAMPLING.timeoutMs));
  await session.run('SET SESSION sql_select_limit = DEFAULT');
  await session.run('START TRANSACTION READ ONLY');
  try {
    const rows = await session.rows<{ place: number | string; v: string }>(distinct.join(' UNION ALL '));
    return keepValueLists(
      sampled,
      rows.map(({ place, v }) => ({ place: Number(place), v })),
    );
  } finally {
    await session.run('ROLLBACK').catch(() => undefined);
  }
}
