import type { RegistryColumn, RegistryTable } from '../../contracts/schema-registry.js';
import { looksPersonalColumn, looksPersonalValues } from '../../domain/values/personal-data.js';
import type { TableSample } from './connector.js';

/** What of a table is looked at for lists of choices, whatever kind of database it is in. */
export const SAMPLING = {
  /** More distinct values than this, and they are no list of choices. */
  maxDistinct: 50,
  /** Longest value, in characters; a longer one makes the column prose. */
  maxChars: 60,
  /** Rows of one table that are looked at. */
  maxRows: 20_000,
  /** Columns of one table that are looked at, in their order. */
  maxColumns: 60,
  /** On the server, for one table. */
  timeoutMs: 2_000,
} as const;

export interface SampledColumns {
  columns: RegistryColumn[];
  /** Without values so far; columns whose names look personal are counted as withheld. */
  sample: TableSample;
}

/** The columns to look at, of those that hold text. */
export function columnsToSample(table: RegistryTable, texts: readonly RegistryColumn[]): SampledColumns {
  const columns = texts
    .filter(({ name }) => !looksPersonalColumn(table.tableName, name))
    .slice(0, SAMPLING.maxColumns);
  return { columns, sample: { values: {}, withheld: texts.length - columns.length } };
}

/**
 * Keeps the lists of choices among what was read.
 * @param rows distinct values, each with the place of its column in `columns`, not more than one beyond SAMPLING.maxDistinct
 */
export function keepValueLists(
  { columns, sample }: SampledColumns,
  rows: readonly { place: number; v: string }[],
): TableSample {
  for (const [index, column] of columns.entries()) {
    const values = rows.filter(({ place }) => place === index).map(({ v }) => v);
    const isList =
      values.length <= SAMPLING.maxDistinct && values.every((v) => Array.from(v).length <= SAMPLING.maxChars);
    if (values.length === 0 || !isList) continue;
    if (looksPersonalValues(values)) sample.withheld += 1;
    else sample.values[column.canonicalColumnName] = values.sort();
  }
  return sample;
}
