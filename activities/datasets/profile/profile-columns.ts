import type { ColumnProfile, Finding, ProfiledColumn } from '../../../contracts/dataset-profile.js';
import { mainKind, mixOf, personalTypeOf, semanticTypeOf } from '../../../domain/profile/semantic-type.js';
import {
  type ColumnEvidence,
  type UnitCount,
  warnAboutColumn,
} from '../../../domain/profile/warnings/warn-about-column.js';
import { approximateOf, type KeptValues } from './approximate-figures.js';
import { type BatchColumn, type ColumnBatch, hasNumbers, isWide } from './column-batch.js';
import { measureDates } from './measure-dates.js';
import { measureNumbers } from './measure-numbers.js';
import { measureOrder } from './measure-order.js';
import { measureRowOrder } from './measure-row-order.js';
import { measureShape } from './measure-shape.js';
import { measureEmbedded, measureSimilar, measureText, measureUnits } from './measure-text.js';
import type { QueryRows } from './query-rows.js';
import { bySlot, numberOfCell, valueCounts } from './read-cell.js';
import type { RowSample } from './row-sample.js';
import { quoteName, quoteText } from './sql-text.js';
import { fingerprintStatement } from './statements/row-order.js';
import { countsStatement, topValuesStatement } from './statements/value-table.js';
import { PROFILE_LIMITS, type ProfileLimits, surveyBatch } from './survey-batch.js';

export interface ProfiledBatch {
  columns: ColumnProfile[];
  findings: Finding[];
}

export interface ProfileColumnsInput {
  query: QueryRows;
  /** The dataset version's rows as a relation. */
  data: string;
  sample: RowSample;
  columns: readonly ProfiledColumn[];
  /** Place of the first of them in the file, from 0. */
  firstIndex: number;
  limits?: ProfileLimits;
}

/** Profiles a batch of columns with some twelve statements, whatever their number; columns with very many values take some more. */
export async function profileColumns(input: ProfileColumnsInput): Promise<ProfiledBatch> {
  const batch = await surveyBatch(input.query, input, input.columns, input.limits ?? PROFILE_LIMITS);
  const { query, columns } = batch;
  const counts = bySlot(await query(countsStatement()));
  const tops = bySlot(await query(topValuesStatement()));
  const orders = await measureRowOrder(batch);
  const [prints = {}] = await query(fingerprintStatement(batch.sample.from, columns));
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
  const mixes = new Map([...text].map(([slot, { figures }]) => [slot, mixOf(figures.patterns)] as const));
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
    const { figures, min = column.min, max = column.max } = text.get(slot) ?? {};
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
        : personalOf(column.column, ends.top);
    const number = numbers.get(slot);
    const shape = shapes.get(slot);
    const { error: orderError, ...steps } = orders.get(slot)!;
    const profile: ColumnProfile = {
      ...column.column,
      index: input.firstIndex + slot,
      rows: batch.rows,
      nulls: batch.rows - column.cells,
      distinct: column.distinct,
      unique: uniqueOf(column, numberOfCell(count.once)),
      min,
      max,
      ...steps,
      top: ends.top,
      rare: ends.rare,
      mode: modeOf(column, ends, count),
      antimode: {
        // Of those chosen by hash each stands for as many.
        count: numberOfCell(count.at_least) * (column.distinct === column.cells ? 1 : column.oneIn),
        occurrences: numberOfCell(count.least),
      },
      ...(number ? { numbers: { ...number, maxPrecision: numberOfCell(count.precision_digits) } } : {}),
      ...(quantiles.has(slot) ? { quantiles: quantiles.get(slot)! } : {}),
      ...(figures ? { text: { ...figures, patterns: figures.patterns.slice(0, 20) } } : {}),
      ...(shape ? { histogram: shape.histogram, outliers: shape.outliers } : {}),
      ...(dates.has(slot) ? { dates: dates.get(slot)! } : {}),
      ...(semantic ? { semantic } : {}),
      ...(similar.has(slot) ? { similar: similar.get(slot)! } : {}),
      ...approximateOf(batch, column, {
        hasText: figures !== undefined,
        hasQuantiles: quantiles.has(slot),
        orderError,
        kept: keptOf(count),
        topIsSampled: ends.sampledTop,
      }),
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

function uniqueOf(column: BatchColumn, once: number): number {
  if (!isWide(column)) return once;
  if (column.distinct === column.cells) return column.cells;
  return Math.min(column.distinct, once * column.oneIn);
}

const personalOf = ({ name, kind, type }: ProfiledColumn, top: ColumnProfile['top']) =>
  kind === 'number' || kind === 'temporal' ? personalTypeOf({ name, kind, type, top }) : undefined;

const unitOf = (row: Record<string, unknown>): UnitCount => ({
  unit: String(row.unit),
  count: numberOfCell(row.n),
  firstRow: numberOfCell(row.first_row),
  examples: ((row.examples ?? []) as unknown[]).map(String),
});

/** The greatest count, and how many values have it; of very many values, of those found to be frequent. */
function modeOf(
  column: BatchColumn,
  { top, sampledTop }: TopValues,
  count: Record<string, unknown>,
): ColumnProfile['mode'] {
  const [first] = top;
  if (sampledTop !== undefined && first)
    return { count: top.filter((value) => value.count === first.count).length, occurrences: first.count };
  const times = isWide(column) && column.distinct !== column.cells ? column.oneIn : 1;
  return { count: numberOfCell(count.at_most) * times, occurrences: numberOfCell(count.most) };
}

const keptOf = (count: Record<string, unknown>): KeptValues => ({
  values: numberOfCell(count.distinct_values),
  once: numberOfCell(count.once),
  atLeast: numberOfCell(count.at_least),
  squares: numberOfCell(count.squares),
});

interface TopValues extends Pick<ColumnProfile, 'top' | 'rare'> {
  /** Where the frequent values were looked for in the sample of rows: how often the last one looked at is there. */
  sampledTop?: number;
}

/** Of columns with very many values the frequent ones are looked for in the sample of rows and then counted. */
async function topOf(
  { query, data, sample }: ColumnBatch,
  column: BatchColumn,
  row: Record<string, unknown>,
): Promise<TopValues> {
  const kept = { top: valueCounts(row.top), rare: valueCounts(row.rare) };
  if (!isWide(column) || column.distinct === column.cells) return kept;
  const name = quoteName(column.column.name);
  const frequent = await query(
    `SELECT CAST(v AS VARCHAR) AS text, n FROM (SELECT ${name} AS v, count(*) AS n FROM ${sample.from} WHERE ${name} IS NOT NULL GROUP BY 1 HAVING count(*) > 1 ORDER BY n DESC, hash(v) LIMIT 40)`,
  );
  // Hardly anything repeats, so nothing is frequent.
  if (frequent.length === 0 || (!sample.isWhole && numberOfCell(frequent[0]?.n) <= 2)) return kept;
  const values = frequent.map(({ text }) => quoteText(String(text))).join(', ');
  const rows = await query(
    `SELECT left(CAST(v AS VARCHAR), 200) AS text, n AS count, first_row AS "firstRow" FROM (SELECT ${name} AS v, count(*) AS n, min(__row) AS first_row FROM ${data}
     WHERE ${name} IN (SELECT CAST(unnest([${values}]) AS ${column.column.type})) GROUP BY 1) ORDER BY n DESC, first_row LIMIT 20`,
  );
  return { ...kept, top: valueCounts(rows), sampledTop: numberOfCell(frequent.at(-1)?.n) };
}
