import type { ColumnReading } from '../../../domain/datasets/types/column-reading.js';
import { decideReading } from '../../../domain/datasets/types/decide-reading.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import { readingSql } from './reading-sql.js';
import type { SourceRelation } from './source-relation.js';

/** Cells of the beginning from which the first guess is made. */
const SAMPLE_ROWS = 4_000;
/** Different cells that did not fit, looked at for the next guess. */
const OFFENDERS = 2_000;
const MOST_ROUNDS = 6;

export interface DecidedColumn {
  reading: ColumnReading;
  /** Cells that must be listed. */
  listed: number;
}

/**
 * Decides the reading of every column over the whole file: guesses from the beginning, has DuckDB count the cells that a guess
 * does not give back exactly, and guesses again with these among the values, until nothing changes.
 */
export async function decideColumns(
  session: DuckDbSession,
  source: SourceRelation,
): Promise<{ columns: DecidedColumn[]; rows: number }> {
  const width = source.names.length;
  const values = await sampleValues(session, source, width);
  const readings = values.map((cells) => decideReading(cells));
  const listed: number[] = readings.map(() => 0);
  let open = readings.map((_, index) => index);
  let rows = 0;
  for (let round = 1; open.length > 0; round += 1) {
    const counts = await countDiffering(session, source, open, readings);
    rows = counts.rows;
    const next: number[] = [];
    for (const [position, column] of open.entries()) {
      listed[column] = counts.differing[position] ?? 0;
      if (listed[column] === 0) continue;
      const reading = readings[column] as ColumnReading;
      if (round === MOST_ROUNDS) {
        readings[column] = { kind: 'text' };
        listed[column] = 0;
        continue;
      }
      const offenders = await findOffenders(session, source, column, reading);
      const known = values[column] ?? [];
      known.push(...offenders);
      const better = decideReading(weighted(known, offenders, rows));
      if (JSON.stringify(better) === JSON.stringify(reading)) continue;
      readings[column] = better;
      if (better.kind === 'text') listed[column] = 0;
      else next.push(column);
    }
    open = next;
  }
  return { columns: readings.map((reading, index) => ({ reading, listed: listed[index] ?? 0 })), rows };
}

/** The sample stands for the whole file: a few words among a million values are few. */
function weighted(values: readonly string[], offenders: readonly string[], rows: number): string[] {
  const usual = values.find((value) => !offenders.includes(value));
  if (usual === undefined || offenders.length * 2 > values.length) return [...values];
  const missing = Math.min(50_000, rows) - values.length;
  return missing > 0 ? [...values, ...Array.from({ length: missing }, () => usual)] : [...values];
}

async function sampleValues(
  session: DuckDbSession,
  source: SourceRelation,
  width: number,
): Promise<string[][]> {
  const values: string[][] = Array.from({ length: width }, () => []);
  const list = values.map((_, index) => `c${index}`).join(', ');
  for await (const rows of session.stream(`SELECT ${list} FROM ${source.from} LIMIT ${SAMPLE_ROWS}`)) {
    for (const row of rows) {
      for (const [index, cell] of row.entries())
        if (typeof cell === 'string' && cell !== '') values[index]?.push(cell);
    }
  }
  return values;
}

async function countDiffering(
  session: DuckDbSession,
  source: SourceRelation,
  columns: readonly number[],
  readings: readonly ColumnReading[],
): Promise<{ rows: number; differing: number[] }> {
  const counts = columns.map((column) => {
    const { differs } = readingSql(readings[column] as ColumnReading, `c${column}`);
    return differs === 'false' ? '0' : `count(*) FILTER (WHERE ${differs})`;
  });
  const { rows } = await session.all(`SELECT count(*), ${counts.join(', ')} FROM ${source.from}`);
  const [total = 0, ...differing] = (rows[0] ?? []).map(Number);
  return { rows: total, differing };
}

async function findOffenders(
  session: DuckDbSession,
  source: SourceRelation,
  column: number,
  reading: ColumnReading,
): Promise<string[]> {
  const { differs } = readingSql(reading, `c${column}`);
  const { rows } = await session.all(
    `SELECT DISTINCT c${column} FROM ${source.from} WHERE ${differs} LIMIT ${OFFENDERS}`,
  );
  return rows.map(([cell]) => String(cell));
}
