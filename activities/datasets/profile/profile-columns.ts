import type { ColumnProfile, Finding, ProfiledColumn } from '../../../contracts/dataset-profile.js';
import { mainKind, mixOf, semanticTypeOf } from '../../../domain/profile/semantic-type.js';
import {
  type ColumnEvidence,
  type UnitCount,
  warnAboutColumn,
} from '../../../domain/profile/warnings/warn-about-column.js';
import { type BatchColumn, type ColumnBatch, hasNumbers, isWide } from './column-batch.js';
import { measureDates } from './measure-dates.js';
import { measureNumbers } from './measure-numbers.js';
import { measureOrder } from './measure-order.js';
import { measureShape } from './measure-shape.js';
import { measureEmbedded, measureSimilar, measureText, measureUnits } from './measure-text.js';
import type { QueryRows } from './query-rows.js';
import { bySlot, numberOfCell, valueCounts } from './read-cell.js';
import { fromParquet, quoteName } from './sql-text.js';
import { fingerprintStatement, ORDERED_ROWS, rowOrderStatement } from './statements/row-order.js';
import { countsStatement, topValuesStatement } from './statements/value-table.js';
import { PROFILE_LIMITS, type ProfileLimits, surveyBatch } from './survey-batch.js';

export interface ProfiledBatch {
  columns: ColumnProfile[];
  findings: Finding[];
}

export interface ProfileColumnsInput {
  query: QueryRows;
  /** The dataset version's Parquet file. */
  path: string;
  columns: readonly ProfiledColumn[];
  /** Place of the first of them in the file, from 0. */
  firstIndex: number;
  limits?: ProfileLimits;
}

/** Profiles a batch of columns with some twelve statements, whatever their number; columns with very many values take some more. */
export async function profileColumns(input: ProfileColumnsInput): Promise<ProfiledBatch> {
  const batch = await surveyBatch(input.query, input.path, input.columns, input.limits ?? PROFILE_LIMITS);
  const { query, path, columns } = batch;
  const counts = bySlot(await query(countsStatement()));
  const tops = bySlot(await query(topValuesStatement()));
  const [order = {}] = await query(rowOrderStatement(path, columns));
  const [prints = {}] = await query(fingerprintStatement(path, columns));
  const numbers = await measureNumbers(
    batch,
    columns.filter(({ column: { kind } }) => kind === 'number' || kind === 'boolean'),
  );
  const counted = columns
    .filter(hasNumbers)
    .map((column) => ({ ...column, count: column.cells - (numbers.get(column.slot)?.notFinite ?? 0) }));
  const quantiles = await measureOrder(batch, counted);
  const shapes = await measureShape(batch, counted, quantiles);
  const dates = await measureDates(
    batch,
    columns.filter(({ column }) => column.kind === 'temporal'),
  );
  const texts = columns.filter(({ column, cells }) => column.kind === 'text' && cells > 0);
  const text = await measureText(batch, texts);
  const similar = await measureSimilar(batch, texts);
  const embedded = await measureEmbedded(batch, texts);
  const mixes = new Map([...text].map(([slot, { patterns }]) => [slot, mixOf(patterns)] as const));
  const quantities = [...mixes].filter(
    ([, mix]) => (mix.kinds.get('quantity')?.count ?? 0) > mix.cells * 0.3,
  );
  const units = await measureUnits(
    batch,
    quantities.map(([slot]) => slot),
  );

  const profiled: ProfiledBatch = { columns: [], findings: [] };
  for (const column of columns) {
    const { slot } = column;
    const mix = mixes.get(slot);
    const ends = await topOf(batch, column, tops.get(slot)?.[0] ?? {});
    const count = counts.get(slot)?.[0] ?? {};
    const figures = text.get(slot);
    const semantic =
      figures && mix
        ? semanticTypeOf({
            name: column.column.name,
            mix,
            top: ends.top,
            patterns: figures.patterns,
            distinct: column.distinct,
            cells: column.cells - figures.empty,
          })
        : undefined;
    const number = numbers.get(slot);
    const shape = shapes.get(slot);
    const steps = pairsOf(order, slot);
    const profile: ColumnProfile = {
      ...column.column,
      index: input.firstIndex + slot,
      rows: batch.rows,
      nulls: batch.rows - column.cells,
      distinct: isWide(column) ? column.distinct : numberOfCell(count.distinct_values),
      unique: isWide(column)
        ? column.distinct === column.cells
          ? column.cells
          : null
        : numberOfCell(count.once),
      min: column.min,
      max: column.max,
      ...steps,
      ...ends,
      mode: { count: numberOfCell(count.at_most), occurrences: numberOfCell(count.most) },
      antimode: { count: numberOfCell(count.at_least), occurrences: numberOfCell(count.least) },
      ...(number ? { numbers: { ...number, maxPrecision: numberOfCell(count.precision_digits) } } : {}),
      ...(quantiles.has(slot) ? { quantiles: quantiles.get(slot)! } : {}),
      ...(figures ? { text: { ...figures, patterns: figures.patterns.slice(0, 20) } } : {}),
      ...(shape ? { histogram: shape.histogram, outliers: shape.outliers } : {}),
      ...(dates.has(slot) ? { dates: dates.get(slot)! } : {}),
      ...(semantic ? { semantic } : {}),
      ...(similar.has(slot) ? { similar: similar.get(slot)! } : {}),
      ...approximateOf(batch, column, figures !== undefined),
      fingerprint: String(prints[`print_${slot}`] ?? ''),
    };
    const evidence: ColumnEvidence = {
      profile,
      ...(mix ? { mix, main: mainKind(mix) } : {}),
      patterns: figures?.patterns ?? [],
      units: (units.get(slot) ?? []).map(unitOf),
      ...(embedded.has(slot) ? { embedded: embedded.get(slot)! } : {}),
      least: shape?.least ?? [],
      greatest: shape?.greatest ?? [],
    };
    profiled.columns.push(profile);
    profiled.findings.push(...warnAboutColumn(evidence));
  }
  await query('DROP TABLE IF EXISTS profile_values');
  return profiled;
}

const unitOf = (row: Record<string, unknown>): UnitCount => ({
  unit: String(row.unit),
  count: numberOfCell(row.n),
  firstRow: numberOfCell(row.first_row),
  examples: ((row.examples ?? []) as unknown[]).map(String),
});

function pairsOf(row: Record<string, unknown>, slot: number): Pick<ColumnProfile, 'sortiness' | 'sortOrder'> {
  const [up, rise, down] = ['up', 'rise', 'down'].map((name) => numberOfCell(row[`${name}_${slot}`])) as [
    number,
    number,
    number,
  ];
  const pairs = up + down;
  if (pairs === 0) return { sortiness: null, sortOrder: null };
  const sortOrder = down === 0 ? 'ascending' : rise === 0 ? 'descending' : 'unsorted';
  return { sortiness: (up - down) / pairs, sortOrder };
}

/** Of columns with very many values the frequent ones are estimated and then counted. */
async function topOf(
  { query, path }: ColumnBatch,
  column: BatchColumn,
  row: Record<string, unknown>,
): Promise<Pick<ColumnProfile, 'top' | 'rare'>> {
  const sampled = { top: valueCounts(row.top), rare: valueCounts(row.rare) };
  if (!isWide(column) || column.distinct === column.cells) return sampled;
  const name = quoteName(column.column.name);
  const rows = await query(
    `SELECT left(CAST(v AS VARCHAR), 200) AS text, n AS count, first_row AS "firstRow" FROM (SELECT ${name} AS v, count(*) AS n, min(__row) AS first_row FROM ${fromParquet(path)}
     WHERE ${name} IN (SELECT unnest(approx_top_k(${name}, 40)) FROM ${fromParquet(path)}) GROUP BY 1) ORDER BY n DESC, first_row LIMIT 20`,
  );
  return { ...sampled, top: valueCounts(rows) };
}

function approximateOf(
  { rows }: ColumnBatch,
  column: BatchColumn,
  isText: boolean,
): Pick<ColumnProfile, 'approximate'> {
  const sample = `one in ${column.oneIn} values, chosen by hash`;
  const approximate: NonNullable<ColumnProfile['approximate']> = {};
  if (rows > ORDERED_ROWS) approximate.sortiness = { method: `the first ${ORDERED_ROWS} rows` };
  if (isWide(column)) {
    approximate.rare = { method: sample };
    approximate.mode = { method: sample };
    if (isText) {
      approximate.control = { method: sample };
      approximate.totalWords = { method: sample };
    }
    approximate.antimode = { method: sample };
    approximate.top = {
      method:
        column.distinct === column.cells
          ? sample
          : 'Space-Saving sketch; the counts of the values found are exact',
    };
  }
  if (isText && (isWide(column) || column.distinct > 20_000)) {
    approximate.patterns = {
      method: isWide(column) ? sample : 'a share of the values, chosen by hash',
      relativeError: 1 / Math.sqrt(20_000),
    };
  }
  return Object.keys(approximate).length > 0 ? { approximate } : {};
}
