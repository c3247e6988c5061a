import type { ColumnReading } from '../../../domain/datasets/types/column-reading.js';
import { decideReading } from '../../../domain/datasets/types/decide-reading.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import { readingSql, valueName, withValues } from './reading-sql.js';
import type { SourceRelation } from './source-relation.js';

/** Rows of the beginning from which the first guess is made; fewer where there are so many columns that they would fill the memory. */
const SAMPLE_ROWS = 4_000;
const SAMPLE_CELLS = 1_000_000;
/** Different cells that did not fit, looked at for the next guess. */
const OFFENDERS = 2_000;
const MOST_ROUNDS = 6;

export interface GuessedColumn {
  reading: ColumnReading;
  /** Cells that the guess was made from. */
  values: string[];
}

/** Guesses the reading of every column from the beginning of the file. */
export async function guessColumns(session: DuckDbSession, source: SourceRelation): Promise<GuessedColumn[]> {
  const values = await sampleValues(session, source);
  return values.map((cells) => ({ reading: decideReading(cells), values: cells }));
}

/**
 * Decides the readings over the whole file, where `misfits` says how many cells each guess does not give back exactly: guesses again
 * with some of these among the values, and has DuckDB count again, until nothing changes. The cells that are left over must be listed.
 */
export async function settleColumns(
  session: DuckDbSession,
  source: SourceRelation,
  guessed: readonly GuessedColumn[],
  { misfits, rows }: { misfits: readonly number[]; rows: number },
): Promise<ColumnReading[]> {
  const readings = guessed.map(({ reading }) => reading);
  let open = readings.flatMap((_, index) => ((misfits[index] ?? 0) > 0 ? [index] : []));
  for (let round = 1; open.length > 0; round += 1) {
    const next: number[] = [];
    for (const column of open) {
      const reading = readings[column] as ColumnReading;
      if (round === MOST_ROUNDS) {
        readings[column] = { kind: 'text' };
        continue;
      }
      const offenders = await findOffenders(session, source, column, reading);
      const known = guessed[column]?.values ?? [];
      const seen = new Set(known);
      // One of the beginning is among the values already: counted twice it would weigh too much.
      known.push(...offenders.filter((offender) => !seen.has(offender)));
      const better = decideReading(weighted(known, offenders, rows));
      if (JSON.stringify(better) === JSON.stringify(reading)) continue;
      readings[column] = better;
      if (better.kind !== 'text') next.push(column);
    }
    const counts = next.length > 0 ? await countDiffering(session, source, next, readings) : [];
    open = next.filter((_, position) => (counts[position] ?? 0) > 0);
  }
  return readings;
}

/** The sample stands for the whole file: a few words among a million values are few. */
function weighted(values: readonly string[], offenders: readonly string[], rows: number): string[] {
  const usual = values.find((value) => !offenders.includes(value));
  if (usual === undefined || offenders.length * 2 > values.length) return [...values];
  const missing = Math.min(50_000, rows) - values.length;
  return missing > 0 ? [...values, ...Array.from({ length: missing }, () => usual)] : [...values];
}

async function sampleValues(session: DuckDbSession, source: SourceRelation): Promise<string[][]> {
  const values: string[][] = source.names.map(() => []);
  const list = values.map((_, index) => `c${index}`).join(', ');
  const most = Math.min(SAMPLE_ROWS, Math.ceil(SAMPLE_CELLS / values.length));
  for await (const rows of session.stream(`SELECT ${list} FROM ${source.from} LIMIT ${most}`)) {
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
): Promise<number[]> {
  const counts = columns.map((column) => {
    const { differs } = readingSql(readings[column] as ColumnReading, `c${column}`, valueName(column));
    return `count(*) FILTER (WHERE ${differs})`;
  });
  const { rows } = await session.all(
    `SELECT ${counts.join(', ')} FROM ${withValues(source.from, readings, columns)}`,
  );
  return (rows[0] ?? []).map(Number);
}

async function findOffenders(
  session: DuckDbSession,
  source: SourceRelation,
  column: number,
  reading: ColumnReading,
): Promise<string[]> {
  const { differs } = readingSql(reading, 'c0', valueName(0));
  const cells = `(SELECT c${column} AS c0 FROM ${source.from})`;
  // As a condition it would be pushed down to the cells, with the reading written out for each time that it names the value.
  const { rows } = await session.all(
    `SELECT DISTINCT CASE WHEN ${differs} THEN c0 END FROM ${withValues(cells, [reading], [0])} LIMIT ${OFFENDERS + 1}`,
  );
  return rows.flatMap(([cell]) => (cell === null ? [] : [String(cell)])).slice(0, OFFENDERS);
}
