import { rename, stat } from 'node:fs/promises';
import type { ColumnReading } from '../../../domain/datasets/types/column-reading.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import { versionParquet } from '../duckdb/parquet-options.js';
import { quoteLiteral, quoteName } from '../duckdb/quote.js';
import { hidesPlaceInFile, ROW_COLUMN } from '../duckdb/version-rows.js';
import { readingSql, valueName, withValues } from './reading-sql.js';
import type { SourceRelation } from './source-relation.js';

export interface WrittenColumns {
  rows: number;
  /** By column: cells that the reading does not give back exactly. */
  misfits: number[];
}

/**
 * Writes the cells of a source as their readings say, and counts in the same pass those that do not fit; where a cell has no exact value
 * it is NULL. The counters are DuckDB's sequences: a scan that writes a file can tell nothing else on its way.
 */
export async function writeColumns(
  session: DuckDbSession,
  source: SourceRelation,
  readings: readonly ColumnReading[],
  path: string,
): Promise<WrittenColumns> {
  const typed = readings.flatMap(({ kind }, index) => (kind === 'text' ? [] : [index]));
  if (typed.length > 0) {
    await session.run(typed.map((index) => `CREATE OR REPLACE SEQUENCE ${counterOf(index)}`).join('; '));
  }
  const cells = readings.map(
    (reading, index) => `${countedValue(reading, index)} AS ${quoteName(source.names[index] ?? '')}`,
  );
  if (hidesPlaceInFile(source.names)) cells.push(`${source.row} AS ${ROW_COLUMN}`);
  const from = withValues(source.from, readings, typed);
  const rows = await copyTo(session, `SELECT ${cells.join(', ')} FROM ${from}`, cells.length, path);
  return { rows, misfits: await readCounters(session, readings.length) };
}

const counterOf = (index: number): string => `misfits_${index}`;

function countedValue(reading: ColumnReading, index: number): string {
  const cell = `c${index}`;
  const { checkedValue, differs, value } = readingSql(reading, cell, valueName(index));
  if (reading.kind === 'text') return checkedValue;
  // A CASE evaluates a branch for the rows that come to it only.
  return `CASE WHEN ${differs} THEN CASE WHEN nextval('${counterOf(index)}') > 0 THEN ${value} END ELSE ${checkedValue} END`;
}

async function readCounters(session: DuckDbSession, width: number): Promise<number[]> {
  const { rows } = await session.all('SELECT sequence_name, last_value FROM duckdb_sequences()');
  const counted = new Map(rows.map(([name, count]) => [String(name), Number(count ?? 0)]));
  return Array.from({ length: width }, (_, index) => counted.get(counterOf(index)) ?? 0);
}

/** Gives the number of rows. A half-written file never has the final name. */
export async function copyTo(
  session: DuckDbSession,
  select: string,
  columns: number,
  path: string,
): Promise<number> {
  const partial = `${path}.partial`;
  const rows = await session.run(`COPY (${select}) TO ${quoteLiteral(partial)} ${versionParquet(columns)}`);
  await rename(partial, path);
  return rows;
}

export const bytesOf = async (path: string): Promise<number> => (await stat(path)).size;
