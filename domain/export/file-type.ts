import type { Cell, ResultColumn } from '../../contracts/question.js';
import { isNumericType } from '../result/column-role.js';

/**
 * The type of a column in a file that has types. `text` wherever another type would lose something of a cell: a number with too
 * many digits, an infinity, a year before Christ.
 */
export type FileType =
  | { kind: 'integer' | 'double' | 'boolean' | 'date' | 'timestamp' | 'timestamptz' | 'text' }
  | { kind: 'decimal'; precision: number; scale: number };

const INTEGER = /^[+-]?\d{1,19}$/;
const DECIMAL = /^[+-]?(\d+)(?:\.(\d+))?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/;
const TIMESTAMPTZ = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}(:\d{2})?$/;
const INT64_MAX = 2n ** 63n - 1n;
const MAX_PRECISION = 38;

export function fileType(column: ResultColumn, cells: readonly Cell[]): FileType {
  const known = cells.filter((cell) => cell !== null);
  const all = (holds: (text: string) => boolean): boolean => known.every((cell) => holds(String(cell)));
  const { type } = column;
  if (known.length === 0) return { kind: 'text' };
  if (known.every((cell) => typeof cell === 'boolean')) return { kind: 'boolean' };
  if (/^(float|double|real)/i.test(type))
    return { kind: known.every((cell) => typeof cell === 'number') ? 'double' : 'text' };
  if (isNumericType(type)) {
    if (all(isInt64)) return { kind: 'integer' };
    return decimalType(known.map(String));
  }
  if (/^date$/i.test(type) && all((text) => DATE.test(text))) return { kind: 'date' };
  if (/^(timestamp|datetime)$/i.test(type) && all((text) => TIMESTAMP.test(text)))
    return { kind: 'timestamp' };
  if (/^timestamptz$/i.test(type) && all((text) => TIMESTAMPTZ.test(text))) return { kind: 'timestamptz' };
  return { kind: 'text' };
}

const isInt64 = (text: string): boolean => {
  if (!INTEGER.test(text)) return false;
  const value = BigInt(text);
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
};

function decimalType(texts: readonly string[]): FileType {
  let whole = 1;
  let scale = 0;
  for (const text of texts) {
    const match = DECIMAL.exec(text);
    if (!match) return { kind: 'text' };
    whole = Math.max(whole, match[1]!.length);
    scale = Math.max(scale, match[2]?.length ?? 0);
  }
  const precision = whole + scale;
  return precision <= MAX_PRECISION ? { kind: 'decimal', precision, scale } : { kind: 'text' };
}
