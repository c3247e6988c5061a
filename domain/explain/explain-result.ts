import type { Cell } from '../../contracts/question.js';
import { compareDecimals } from '../result/compare-decimals.js';
import { cellLabel, columnLabel } from '../result/label.js';
import { commonUnit, readMoment } from '../result/moment.js';
import { isUnique, type ResultShape } from '../result/result-shape.js';
import { roundedDecimal } from '../result/round-decimal.js';
import { toNumber } from '../result/to-number.js';
import { isGrounded } from './is-grounded.js';

/** More columns than this in a single row are read as a table. */
const MAX_ROW_COLUMNS = 4;

/**
 * One to three sentences on a result, made from its shape alone. Each number in them is a cell of the result, digit for digit, or
 * said to be rounded (`isGrounded` is asked again before anything is returned). Null where the rows say it all, or nothing can be said.
 */
export function explainResult(shape: ResultShape): string | null {
  const text = say(shape);
  return text !== null && isGrounded(text, shape) ? text : null;
}

function say(shape: ResultShape): string | null {
  const { dimensions, measures, rows } = shape;
  if (rows.length === 0) return null;
  if (rows.length === 1) return sayRow(shape);
  const [first] = dimensions;
  const [measure] = measures;
  if (measure === undefined) return null;
  if (first === undefined) return sayRange(shape, measure);
  const isLine = shape.roles[first] === 'time' && dimensions.length === 1 && isUnique(rows, [first]);
  return isLine ? sayCourse(shape, first, measure) : sayExtremes(shape, measure);
}

const label = ({ columns }: ResultShape, index: number): string => columnLabel(columns[index]?.name ?? '');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The cell with its thousands grouped, digit for digit; zeros that an average ends with say nothing. */
function exactText(cell: Cell | string): string {
  const text = String(cell);
  const match = /^([+-]?)(\d+)(\.\d+)?$/.exec(text);
  if (!match) return text;
  const fraction = (match[3] ?? '').replace(/^(\.\d{2}\d*?)0+$/, '$1');
  return `${match[1]}${match[2]!.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction}`;
}

/** `about 6,933.81` where the cell has more digits than anybody reads. */
function numberText(cell: Cell): string {
  const rounded = roundedDecimal(String(cell).trim());
  return rounded === undefined ? exactText(cell) : `about ${exactText(rounded)}`;
}

/** How to write the amounts of a sentence: exact where rounding would make two of them look the same. */
function amountWriter(cells: readonly (Cell | undefined)[]): (cell: Cell | undefined) => string {
  const distinct = new Set(cells.map((cell) => exactText(cell ?? null)));
  const rounded = new Set(cells.map((cell) => numberText(cell ?? null)));
  return (cell) => (rounded.size < distinct.size ? exactText : numberText)(cell ?? null);
}

function sayRow(shape: ResultShape): string | null {
  const row = shape.rows[0] ?? [];
  if (row.length > MAX_ROW_COLUMNS) return null;
  const parts = row.map((cell, index) => {
    if (cell === null) return `${label(shape, index)} has no value`;
    return `${label(shape, index)} is ${shape.roles[index] === 'measure' ? numberText(cell) : cellLabel(cell)}`;
  });
  return `${capital(parts.join('; '))}.`;
}

/** Rows with an amount, the smallest first; rows of the same amount keep their order. */
const byAmount = ({ rows }: ResultShape, measure: number) =>
  rows
    .filter((row) => toNumber(row[measure]) !== undefined)
    .toSorted((a, b) => compareDecimals(a[measure] ?? null, b[measure] ?? null));

function sayRange(shape: ResultShape, measure: number): string | null {
  const sorted = byAmount(shape, measure);
  const [low, high] = [sorted[0]?.[measure], sorted.at(-1)?.[measure]];
  if (low === undefined || high === undefined || compareDecimals(low, high) === 0) return null;
  const amount = amountWriter([low, high]);
  return `${capital(label(shape, measure))} runs from ${amount(low)} to ${amount(high)}${ofKept(shape)}.`;
}

/** Said where the end of the data may be missing. */
const ofKept = ({ truncated }: ResultShape): string => (truncated ? ' in the rows that are kept' : '');

/** Where a row belongs: `2026-01`, `Ulm`, `Ulm, open`; bare numbers with the name of their column, `month 12`. */
const placeOf = (shape: ResultShape, row: readonly Cell[]): string =>
  shape.dimensions
    .map((index) => {
      const role = shape.roles[index];
      const cell = row[index] ?? null;
      if (role === 'time') return momentsOf(shape, index)(row);
      return role === 'order' || role === 'key'
        ? `${label(shape, index)} ${cellLabel(cell)}`
        : cellLabel(cell);
    })
    .join(', ');

const CHARACTERS = { year: 4, month: 7, day: 10, time: undefined } as const;

/** Moments as far as the column is exact: months of timestamps are told as `2026-01`. */
const momentsOf = ({ rows }: ResultShape, index: number) => {
  const unit = commonUnit(rows.flatMap((row) => readMoment(row[index] ?? null) ?? []));
  return (row: readonly Cell[]): string => cellLabel(row[index] ?? null).slice(0, CHARACTERS[unit]);
};

function sayCourse(shape: ResultShape, time: number, measure: number): string | null {
  const inTime = shape.rows
    .filter((row) => row[time] !== null && toNumber(row[measure]) !== undefined)
    .toSorted((a, b) => (readMoment(a[time] ?? null)?.ms ?? 0) - (readMoment(b[time] ?? null)?.ms ?? 0));
  const [first, last] = [inTime[0], inTime.at(-1)];
  if (!first || !last || first === last) return null;
  const at = momentsOf(shape, time);
  const sorted = byAmount(shape, measure);
  const [low, high] = [sorted[0], sorted.at(-1)];
  const write = amountWriter([first, last, low, high].map((row) => row?.[measure]));
  const amount = (row: readonly Cell[]) => write(row[measure]);
  const name = label(shape, measure);
  const change = compareDecimals(last[measure] ?? null, first[measure] ?? null);
  const course =
    change === 0
      ? `${capital(name)} was ${amount(first)} in ${at(first)} and again in ${at(last)}`
      : `${capital(name)} ${change > 0 ? 'rose' : 'fell'} from ${amount(first)} in ${at(first)} to ${amount(last)} in ${at(last)}`;
  if (inTime.length < 3 || !low || !high || compareDecimals(low[measure]!, high[measure]!) === 0)
    return `${course}${ofKept(shape)}.`;
  const most = highestOf(sorted, measure);
  const parts = [
    most.length === 1
      ? `highest in ${at(high)} (${amount(high)})`
      : `highest at ${amount(high)}, more than once`,
    leastOf(sorted, measure).length === 1
      ? `lowest in ${at(low)} (${amount(low)})`
      : `lowest at ${amount(low)}, more than once`,
  ];
  return `${course}. It was ${parts.join(' and ')}${ofKept(shape)}.`;
}

type Rows = ReturnType<typeof byAmount>;
const leastOf = (sorted: Rows, measure: number) =>
  sorted.filter((row) => compareDecimals(row[measure]!, sorted[0]![measure]!) === 0);
const highestOf = (sorted: Rows, measure: number) =>
  sorted.filter((row) => compareDecimals(row[measure]!, sorted.at(-1)![measure]!) === 0);

function sayExtremes(shape: ResultShape, measure: number): string | null {
  const sorted = byAmount(shape, measure);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (!low || !high) return null;
  const name = label(shape, measure);
  if (compareDecimals(low[measure]!, high[measure]!) === 0)
    return sorted.length < 2
      ? null
      : `${capital(name)} is ${numberText(low[measure]!)} everywhere${ofKept(shape)}.`;
  const write = amountWriter([low[measure], high[measure]]);
  const part = (rows: Rows): string => {
    const amount = write(rows[0]![measure]);
    return rows.length === 1 ? `${amount} (${placeOf(shape, rows[0]!)})` : `${amount} (more than once)`;
  };
  return `Among these rows the highest ${name} is ${part(highestOf(sorted, measure))}, the lowest ${part(leastOf(sorted, measure))}.`;
}
