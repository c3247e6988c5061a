import type { ProfiledColumn } from '../../../contracts/dataset-profile.js';
import { type BatchColumn, type ColumnBatch, isWide } from './column-batch.js';
import type { QueryRows } from './query-rows.js';
import { bySlot, numberOfCell, textOrNull } from './read-cell.js';
import type { RowSample } from './row-sample.js';
import { quoteName, ROW_COLUMN } from './sql-text.js';
import { extentStatement, sampledValuesStatement, surveyStatement } from './statements/survey.js';
import { VALUE_TABLE, valueTableStatement } from './statements/value-table.js';

export interface ProfileLimits {
  /** Columns with more distinct values get scans of their own instead of a table of all values. Default 200,000. */
  valueTableLimit: number;
  /** Values kept of such columns, about; chosen by hash. Default 20,000. */
  sampledValues: number;
  /** Rows that quantiles of such columns, and all that concerns several columns, are estimated from, about; chosen by hash. Default 200,000. */
  sampledRows: number;
}

export const PROFILE_LIMITS: ProfileLimits = {
  valueTableLimit: 200_000,
  sampledValues: 20_000,
  sampledRows: 200_000,
};

/** Of a key few values may repeat; with more of them among those kept, the values are not counted one by one. */
const REPEATED_IN_KEYS = 0.06;

/** Counts the cells, decides how each column's values are kept, and makes the batch's value table. */
export async function surveyBatch(
  query: QueryRows,
  { data, sample }: { data: string; sample: RowSample },
  columns: readonly ProfiledColumn[],
  limits: ProfileLimits,
): Promise<ColumnBatch> {
  const [extent = {}] = await query(extentStatement(data, columns));
  const statement = surveyStatement(data, columns);
  const [rest = {}] = statement ? await query(statement) : [];
  const survey = { ...extent, ...rest };
  const rows = numberOfCell(survey.row_count);
  const estimates =
    rows > limits.valueTableLimit ? await estimateDistinct(query, sample, columns) : columns.map(() => rows);
  const batch: BatchColumn[] = columns.map((column, slot) => {
    const of = (figure: string): unknown => survey[`${figure}_${slot}`];
    const cells = numberOfCell(of('n'));
    const estimate = Math.min(cells, estimates[slot]!);
    const isWide = estimate > limits.valueTableLimit;
    return {
      column,
      slot,
      cells,
      distinct: estimate,
      oneIn: isWide ? 2 ** Math.ceil(Math.log2(Math.max(2, estimate / limits.sampledValues))) : 1,
      min: textOrNull(of('min')),
      max: textOrNull(of('max')),
      ...(column.kind === 'number' || column.kind === 'boolean'
        ? { finite: { sum: textOrNull(of('sum')), mean: of('mean'), min: of('low'), max: of('high') } }
        : {}),
    };
  });
  await query(valueTableStatement(data, batch));
  const made = { query, data, sample, rows, columns: batch };
  await countValues(made);
  return made;
}

/** From the values seen in the sample (Chao's estimate of those not seen); only to choose between two exact ways, so it may be far off. */
async function estimateDistinct(
  query: QueryRows,
  { from }: RowSample,
  columns: readonly ProfiledColumn[],
): Promise<number[]> {
  const seen = bySlot(await query(sampledValuesStatement(from, columns)));
  return columns.map((_, slot) => {
    const row = seen.get(slot)?.[0] ?? {};
    const [once, twice] = [numberOfCell(row.once), numberOfCell(row.twice)];
    return numberOfCell(row.seen) + (once * Math.max(0, once - 1)) / (2 * (twice + 1));
  });
}

/**
 * Distinct values: of the value table where it has all; else exact where the file is small or the column may be a key, or estimated
 * from the values kept by hash.
 */
async function countValues({ query, data, sample, columns }: ColumnBatch): Promise<void> {
  const rows = bySlot(
    await query(
      `SELECT slot, count(*) AS kept, count(*) FILTER (n > 1) AS repeated FROM ${VALUE_TABLE} GROUP BY slot`,
    ),
  );
  for (const of of columns) {
    const row = rows.get(of.slot)?.[0] ?? {};
    const [kept, repeated] = [numberOfCell(row.kept), numberOfCell(row.repeated)];
    if (!isWide(of)) of.distinct = kept;
    else if (sample.isWhole || repeated <= kept * repeatedAtMost(of.column)) {
      of.distinct = await countDistinct(query, data, of);
    } else {
      // Some repeat, so there are fewer values than cells.
      of.distinct = Math.min(of.cells - 1, kept * of.oneIn);
      of.distinctError = Math.sqrt((1 - 1 / of.oneIn) / Math.max(1, kept));
    }
  }
}

/** Times and amounts are no keys when some of them repeat. */
const repeatedAtMost = ({ kind, type }: ProfiledColumn): number =>
  kind === 'text' || isInteger(type) ? REPEATED_IN_KEYS : 0;

const isInteger = (type: string): boolean => /^(TINY|SMALL|BIG)?INT(EGER)?$/.test(type);

/** Of numbers as they are; of text by 64-bit hashes, which two of ten million values share once in half a million files. */
async function countDistinct(query: QueryRows, data: string, of: BatchColumn): Promise<number> {
  const { kind, type } = of.column;
  const name = quoteName(of.column.name);
  if (isInteger(type) && Number(of.max) - Number(of.min) < Number.MAX_SAFE_INTEGER) {
    // What counts along with the rows repeats nothing.
    const step = `${name} - ${ROW_COLUMN}`;
    const [row = {}] = await query(
      `SELECT min(${step}) = max(${step}) AS counts FROM ${data} WHERE ${name} IS NOT NULL`,
    );
    if (row.counts === true) return of.cells;
  }
  const value = kind === 'text' || kind === 'other' ? `hash(${name})` : name;
  const [row = {}] = await query(
    `SELECT count(DISTINCT ${value}) AS n FROM ${data} WHERE ${name} IS NOT NULL`,
  );
  return numberOfCell(row.n);
}
