import {
  BLANKS,
  type ColumnReading,
  NULL_WORDS,
  type NumberReading,
  typeOf,
} from '../../../domain/datasets/types/column-reading.js';
import { quoteLiteral } from '../duckdb/quote.js';

/** SQL of one column's reading; `cell` is an expression of type VARCHAR. */
export interface ReadingSql {
  /** The value, or NULL where there is none or it would not be exact. */
  value: string;
  /** True where the value, written again, is not the cell: it must be listed. False for missing cells. */
  differs: string;
  /** The value where no cell of the column differs: cheaper, as nothing is left to check. */
  checkedValue: string;
}

const trimmed = (cell: string): string => `trim(${cell}, ${quoteLiteral(BLANKS)})`;
const NULL_LIST = NULL_WORDS.map(quoteLiteral).join(', ');

/** @param read the cell as `readSql` reads it, where that stands in a column already: it is named up to five times, and dear */
export function readingSql(
  reading: ColumnReading,
  cell: string,
  read: string = readSql(reading, cell),
): ReadingSql {
  if (reading.kind === 'text') return { value: cell, checkedValue: cell, differs: 'false' };
  // An empty text in quotes has no value in a typed column, and nothing that could be lost.
  const differs = (written: string): string => `(${cell} <> '' AND ${written} IS DISTINCT FROM ${cell})`;
  if (!isCast(reading)) {
    return { value: read, checkedValue: read, differs: differs(rendered(reading, read)) };
  }
  // A value that a cast gives back as it was written cannot have been rounded.
  const value = exactValue(reading, cell);
  return { value, checkedValue: read, differs: differs(`CAST(${read} AS VARCHAR)`) };
}

/** The value of a cell: DuckDB's own cast, where that is the reading, which may round, or else the exact value. */
const readSql = (reading: ColumnReading, cell: string): string =>
  isCast(reading) ? `TRY_CAST(${cell} AS ${typeOf(reading)})` : exactValue(reading, cell);

/** The name of a column's value in `withValues`. */
export const valueName = (index: number): string => `v${index}`;

/** A relation with the cells `c0`, `c1` …, and of some columns the values as `readSql` reads them, each once. */
export function withValues(
  from: string,
  readings: readonly ColumnReading[],
  columns: readonly number[],
): string {
  const values = columns.flatMap((index) => {
    const reading = readings[index];
    return reading && reading.kind !== 'text'
      ? [`${readSql(reading, `c${index}`)} AS ${valueName(index)}`]
      : [];
  });
  return values.length > 0 ? `(SELECT *, ${values.join(', ')} FROM ${from})` : from;
}

/** Is DuckDB's own cast the reading? */
function isCast(reading: ColumnReading): boolean {
  switch (reading.kind) {
    case 'date':
      return reading.format === '%Y-%m-%d';
    case 'timestamp':
      return reading.format === '%Y-%m-%d %H:%M:%S';
    case 'number':
      return isPlain(reading) && (reading.scale === 0 || reading.style === 'fixed');
    default:
      return false;
  }
}

/** Why a cell is listed: it is a word for "nothing", it has no exact value, or it is only written in another way. */
export const reasonSql = (reading: ColumnReading, cell: string): string =>
  `CASE WHEN ${trimmed(cell)} IN (${NULL_LIST}) THEN 'null_word'
        WHEN ${exactValue(reading, cell)} IS NULL THEN ${quoteLiteral(`not_a_${reading.kind}`)}
        ELSE 'respelled' END`;

function exactValue(reading: ColumnReading, cell: string): string {
  const text = trimmed(cell);
  switch (reading.kind) {
    case 'text':
      return cell;
    case 'boolean':
      return `CASE ${cell} WHEN ${quoteLiteral(reading.yes)} THEN true WHEN ${quoteLiteral(reading.no)} THEN false END`;
    case 'double':
      return `TRY_CAST(${text} AS DOUBLE)`;
    case 'date':
      return reading.format === '%Y-%m-%d'
        ? `TRY_CAST(${text} AS DATE)`
        : `TRY_CAST(try_strptime(${text}, ${quoteLiteral(parseFormat(reading.format))}) AS DATE)`;
    case 'timestamp':
      return reading.format === '%Y-%m-%d %H:%M:%S'
        ? `TRY_CAST(${text} AS TIMESTAMP)`
        : `try_strptime(${text}, ${quoteLiteral(parseFormat(reading.format))})`;
    case 'number':
      return numberValue(reading, text);
  }
}

/** DuckDB's parser takes days and months without a leading zero by the same letters. */
const parseFormat = (format: string): string => format.replaceAll('%-', '%');

const isPlain = ({ prefix, suffix, group, point }: NumberReading): boolean =>
  prefix === '' && suffix === '' && group === '' && point === '.';

function numberValue(reading: NumberReading, text: string): string {
  const type = typeOf(reading);
  let digits = text;
  if (reading.prefix !== '') digits = `replace(${digits}, ${quoteLiteral(reading.prefix)}, '')`;
  if (reading.suffix !== '') digits = `replace(${digits}, ${quoteLiteral(reading.suffix)}, '')`;
  if (reading.group !== '') digits = `replace(${digits}, ${quoteLiteral(reading.group)}, '')`;
  if (reading.point !== '.') digits = `replace(${digits}, ${quoteLiteral(reading.point)}, '.')`;
  // A cast rounds: what has more digits behind the point, an exponent or a leading zero is not this number.
  const shape =
    reading.scale === 0 ? '^-?(0|[1-9][0-9]*)$' : `^-?(0|[1-9][0-9]*)([.][0-9]{1,${reading.scale}})?$`;
  if (isPlain(reading) && reading.scale === 0) {
    // Without rounding the cast gives the cell back exactly when it is a whole number; cheaper than the pattern.
    return `CASE WHEN CAST(TRY_CAST(${digits} AS ${type}) AS VARCHAR) = ${digits} THEN TRY_CAST(${digits} AS ${type}) END`;
  }
  if (isPlain(reading) && reading.style === 'fixed') {
    return `CASE WHEN CAST(TRY_CAST(${digits} AS ${type}) AS VARCHAR) = ${digits} OR regexp_matches(${digits}, ${quoteLiteral(shape)}) THEN TRY_CAST(${digits} AS ${type}) END`;
  }
  return `CASE WHEN regexp_matches(${digits}, ${quoteLiteral(shape)}) THEN TRY_CAST(${digits} AS ${type}) END`;
}

function rendered(reading: ColumnReading, value: string): string {
  switch (reading.kind) {
    case 'text':
      return value;
    case 'boolean':
      return `CASE WHEN ${value} THEN ${quoteLiteral(reading.yes)} WHEN NOT ${value} THEN ${quoteLiteral(reading.no)} END`;
    case 'double':
      return `CAST(${value} AS VARCHAR)`;
    case 'date':
      return reading.format === '%Y-%m-%d'
        ? `CAST(${value} AS VARCHAR)`
        : `strftime(${value}, ${quoteLiteral(reading.format)})`;
    case 'timestamp':
      return reading.format === '%Y-%m-%d %H:%M:%S'
        ? `CAST(${value} AS VARCHAR)`
        : `strftime(${value}, ${quoteLiteral(reading.format)})`;
    case 'number':
      return renderedNumber(reading, value);
  }
}

function renderedNumber(reading: NumberReading, value: string): string {
  const shortest = reading.scale > 0 && reading.style === 'shortest';
  const written = (number: string): string =>
    shortest ? `rtrim(rtrim(CAST(${number} AS VARCHAR), '0'), '.')` : `CAST(${number} AS VARCHAR)`;
  if (isPlain(reading)) return written(value);
  const text = written(`abs(${value})`);
  const whole = `split_part(${text}, '.', 1)`;
  // Thousands are marked from the right: turned round, marked by threes, and turned back.
  const marked =
    reading.group === ''
      ? whole
      : `reverse(rtrim(regexp_replace(reverse(${whole}), '([0-9]{3})', ${quoteLiteral(`\\1${reading.group}`)}, 'g'), ${quoteLiteral(reading.group)}))`;
  const fraction = `CASE WHEN contains(${text}, '.') THEN ${quoteLiteral(reading.point)} || split_part(${text}, '.', 2) ELSE '' END`;
  return `CASE WHEN ${value} < 0 THEN '-' ELSE '' END || ${quoteLiteral(reading.prefix)} || ${marked} || ${fraction} || ${quoteLiteral(reading.suffix)}`;
}
