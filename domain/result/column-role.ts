import type { Cell, ResultColumn } from '../../contracts/question.js';
import { readMoment } from './moment.js';
import { toNumber } from './to-number.js';

/**
 * What a column is for: a point in time, a place in a fixed order (month 1 to 12, quarter texts), a name of things, an amount,
 * a key that only identifies, or none of these (documents, arrays, empty columns).
 */
export type ColumnRole = 'time' | 'order' | 'category' | 'measure' | 'key' | 'other';

const NUMERIC_TYPE =
  /^(int|int[248]|integer|bigint|smallint|mediumint|tinyint|float|float[48]|double|real|numeric|decimal|money|year)\b/i;
const TIME_TYPE = /^(date|datetime|timestamp|timestamptz)\b/i;
const TEXT_TYPE = /^(text|varchar|bpchar|char|name|citext|uuid|enum|set|bool|boolean|string|unknown)\b/i;
const NO_SCALAR_TYPE = /^(_|json|bytea|blob|xml|hstore|geo|point|polygon|tsvector|.*range$|.*\[\])/i;

/** Numbers that stand for a place in a calendar. */
const CALENDAR_NAME =
  /(^|_)(year|yr|quarter|qtr|month|week|weekday|dow|day_of_week|hour|day)(_(no|nr|num|number))?$/i;
const KEY_NAME = /(^|_)(id|uuid|guid|pk|key)$|(Id|ID)$/;
const COUNTS = /(count|sum|total|avg|average|min|max|number_of|share|percent|pct|ratio|rate|amount)/i;
const QUARTER_TEXT = /^(\d{4}[-\s]?Q[1-4]|Q[1-4][-\s]?\d{4})$/;

const CALENDAR_MAX = 2_200;

/** True for the types that hold numbers, on any kind of database. */
export const isNumericType = (type: string): boolean => NUMERIC_TYPE.test(type);

/** Tells a column's role from its type, its name and its cells. Nulls count for nothing. */
export function columnRole(column: ResultColumn, cells: readonly Cell[]): ColumnRole {
  const known = cells.filter((cell) => cell !== null);
  if (known.length === 0 || NO_SCALAR_TYPE.test(column.type)) return 'other';
  if (TIME_TYPE.test(column.type)) return known.every((cell) => readMoment(cell)) ? 'time' : 'category';
  if (isNumericType(column.type)) {
    if (!known.every((cell) => toNumber(cell) !== undefined)) return 'other';
    if (isCalendar(column.name, known)) return isYears(known) ? 'time' : 'order';
    return KEY_NAME.test(column.name) && !COUNTS.test(column.name) ? 'key' : 'measure';
  }
  if (known.every((cell) => typeof cell === 'boolean')) return 'category';
  if (known.every((cell) => typeof cell === 'string' && readMoment(cell))) return 'time';
  if (known.every((cell) => typeof cell === 'string' && QUARTER_TEXT.test(cell))) return 'order';
  if (column.type === 'uuid') return 'key';
  return TEXT_TYPE.test(column.type) || known.every((cell) => typeof cell === 'string')
    ? 'category'
    : 'other';
}

const isCalendar = (name: string, cells: readonly Cell[]): boolean => {
  const match = CALENDAR_NAME.exec(name);
  if (!match || COUNTS.test(name)) return false;
  return cells.every((cell) => {
    const value = toNumber(cell);
    return value !== undefined && Number.isInteger(value) && value >= 0 && value <= CALENDAR_MAX;
  });
};

const isYears = (cells: readonly Cell[]): boolean =>
  cells.every((cell) => {
    const value = toNumber(cell) ?? 0;
    return value >= 1_500 && value <= CALENDAR_MAX;
  });
