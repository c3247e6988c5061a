import type { Cell } from '../../contracts/question.js';
import { toNumber } from './to-number.js';

const PLAIN = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/;

/** Orders two cells that hold numbers, exactly also where JavaScript would take them for equal; negative when a is smaller. */
export function compareDecimals(a: Cell, b: Cell): number {
  const difference = (toNumber(a) ?? 0) - (toNumber(b) ?? 0);
  if (difference !== 0) return difference;
  const [left, right] = [PLAIN.exec(String(a).trim()), PLAIN.exec(String(b).trim())];
  if (!left || !right) return 0;
  const sign = left[1] === '-' ? -1 : 1;
  const [whole, other] = [left[2] ?? '', right[2] ?? ''];
  if (whole.length !== other.length) return sign * (whole.length - other.length);
  const [digits, others] = [`${whole}.${left[3] ?? ''}`, `${other}.${right[3] ?? ''}`];
  return digits === others ? 0 : digits < others ? -sign : sign;
}

/** One spelling for all spellings of a number: no sign of plus, no leading or trailing zeros, no exponent. Undefined for no number. */
export function canonicalDecimal(text: string): string | undefined {
  const match = PLAIN.exec(text);
  if (match && /\d/.test(text)) {
    const [, sign, whole, fraction] = match;
    const digits = `${whole || '0'}${fraction ? `.${fraction}` : ''}`;
    return sign === '-' && digits !== '0' ? `-${digits}` : digits;
  }
  const value = toNumber(text);
  return value === undefined ? undefined : String(value);
}
