import type { Cell, ResultColumn } from '../../contracts/question.js';
import { cellLabel, columnLabel } from '../result/label.js';
import { commonUnit, readMoment } from '../result/moment.js';
import type { ResultShape } from '../result/result-shape.js';
import { toNumber } from '../result/to-number.js';

export type Fields = Record<string, unknown>;

/** Marks in one picture; what is left out is said. */
export const MAX_POINTS = 500;
export const CHART_WIDTH_PX = 600;
export const CHART_HEIGHT_PX = 300;

const PLACE = 'place';

/**
 * `sort` of categories in the order in which the data names them. A list of the names would do the same, but Vega writes an
 * expression of each, and one that every JavaScript object has a member of (`constructor`, `valueOf`) then breaks the picture.
 */
export const AS_IN_DATA: Fields = { field: PLACE, op: 'min' };

/** Field of a column in the inline data: names of columns may hold dots and brackets, which Vega reads as paths. */
export const fieldOf = (column: number): string => `c${column}`;

/**
 * The title of a column. Vega-Lite makes literals of titles in expressions (tooltips): it escapes no backslash and no end of a
 * line there, so that one could end its string, and a literal that every object has a member of is taken for a signal.
 */
export function titleOf(columns: readonly ResultColumn[], index: number): string {
  const title = columnLabel(columns[index]?.name ?? '')
    .slice(0, 80)
    .replaceAll('\\', SET_MINUS)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  return title in {} ? `${title}${WORD_JOINER}` : title;
}
const SET_MINUS = '\u2216';
/** Takes no room and shows nothing. */
const WORD_JOINER = '\u2060';

/** Tried for legibility on white and for the common forms of colour blindness: Okabe and Ito (2008), without black. */
const COLORS = [
  '#0072B2',
  '#E69F00',
  '#009E73',
  '#CC79A7',
  '#56B4E9',
  '#D55E00',
  '#8C7B00',
  '#666666',
  '#44AA99',
  '#882255',
];

/** A whole specification around its parts. */
export const specOf = (values: readonly Fields[], parts: Fields): Fields => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  padding: 10,
  data: { values },
  transform: [{ window: [{ op: 'row_number', as: PLACE }] }],
  ...parts,
  config: {
    font: 'DejaVu Sans, Helvetica, Arial, sans-serif',
    axis: {
      labelFontSize: 11,
      titleFontSize: 12,
      titleFontWeight: 'normal',
      gridColor: '#e8e8e8',
      labelLimit: 220,
    },
    legend: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 180 },
    header: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal' },
    range: { category: COLORS },
    view: { stroke: null },
  },
});

/** Amounts above this are told as 12k or 3.4M on an axis. */
const SHORT_NUMBERS_FROM = 10_000;

/** The scale of an amount; bars must start at zero, lines and points need not. */
export function measureEncoding(shape: ResultShape, index: number, options: { zero: boolean }): Fields {
  const largest = Math.max(0, ...shape.rows.map((row) => Math.abs(toNumber(row[index]) ?? 0)));
  return {
    field: fieldOf(index),
    type: 'quantitative',
    title: titleOf(shape.columns, index),
    scale: { zero: options.zero, nice: true },
    axis: largest >= SHORT_NUMBERS_FROM ? { format: '~s' } : {},
  };
}

const TIME_FORMATS = { year: '%Y', month: '%b %Y', day: '%-d %b %Y', time: '%-d %b %H:%M' } as const;
/** Labels that fit under one picture. */
const TIME_LABELS = 8;
const UNIT_DAYS = { year: 365.25, month: 30.44, day: 1 } as const;

/** The scale of a column of time, labelled in the unit that its cells are exact to. */
export function timeEncoding(shape: ResultShape, index: number): Fields {
  const moments = shape.rows.flatMap((row) => readMoment(row[index] ?? null) ?? []);
  const unit = commonUnit(moments);
  const all = moments.map(({ ms }) => ms);
  const spanDays = (Math.max(...all) - Math.min(...all)) / 86_400_000;
  const isShort = unit === 'time' && spanDays > 3;
  const axisUnit = isShort ? 'day' : unit;
  const step = axisUnit === 'time' ? 0 : Math.max(1, Math.ceil(spanDays / UNIT_DAYS[axisUnit] / TIME_LABELS));
  return {
    field: fieldOf(index),
    type: 'temporal',
    title: titleOf(shape.columns, index),
    scale: { type: 'utc' },
    axis: {
      format: TIME_FORMATS[axisUnit],
      labelOverlap: true,
      ...(axisUnit === 'time' ? { tickCount: TIME_LABELS } : { tickCount: tickInterval(axisUnit, step) }),
    },
  };
}

/** Steps of days would begin anew with each month: weeks and months are even. */
function tickInterval(unit: 'year' | 'month' | 'day', step: number): Fields {
  if (unit !== 'day' || step <= 2) return { interval: unit, step };
  return step <= 10
    ? { interval: 'week', step: Math.ceil(step / 7) }
    : { interval: 'month', step: Math.ceil(step / 31) };
}

/** The value of a cell in the inline data. */
export function chartValue(shape: ResultShape, index: number, cell: Cell): unknown {
  switch (shape.roles[index]) {
    case 'measure':
      return toNumber(cell) ?? null;
    case 'time':
      return readMoment(cell)?.iso ?? null;
    case 'order':
    case 'category':
    case 'key':
    case 'other':
    case undefined:
      return cellLabel(cell).slice(0, 80);
  }
}

/** Rows as inline data, with the given columns only. */
export const valuesOf = (
  shape: ResultShape,
  rows: ResultShape['rows'],
  indexes: readonly number[],
): Fields[] =>
  rows.map((row) =>
    Object.fromEntries(
      indexes.map((index) => [fieldOf(index), chartValue(shape, index, row[index] ?? null)]),
    ),
  );

/** At most `limit` rows, evenly from the first to the last, so that lines and clouds keep their form. */
export function evenly<T>(rows: readonly T[], limit: number): readonly T[] {
  if (rows.length <= limit) return rows;
  return Array.from({ length: limit }, (_, n) => rows[Math.round((n * (rows.length - 1)) / (limit - 1))]!);
}
