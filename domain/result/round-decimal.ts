const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;
/** A fraction of up to this many digits is told as it is. */
const MAX_DECIMALS = 4;
const SIGNIFICANT_DIGITS = 4;
const MIN_DECIMALS = 2;

/**
 * A number as a sentence shows it: four significant digits, but never fewer than two decimals, half away from zero; the digits
 * before the point stay. Undefined where it needs no rounding (at most four decimals, ending zeros not counted) or is written otherwise.
 */
export function roundedDecimal(text: string): string | undefined {
  const [, , whole = '', fraction = ''] = DECIMAL.exec(text) ?? [];
  const digits = fraction.replace(/0+$/, '');
  if (whole === '' || digits.length <= MAX_DECIMALS) return undefined;
  const magnitude = whole.replace(/^0+/, '').length;
  const leading = magnitude > 0 ? -magnitude : /^0*/.exec(digits)![0].length;
  return roundDecimal(text, Math.max(MIN_DECIMALS, leading + SIGNIFICANT_DIGITS));
}

/** Exact, whatever the number of digits; half away from zero. Undefined for what is no plain decimal, or has no more decimals than that. */
export function roundDecimal(text: string, decimals: number): string | undefined {
  const match = DECIMAL.exec(text);
  if (!match || (match[3] ?? '').length <= decimals) return undefined;
  const [, sign, whole, fraction = ''] = match;
  const kept = BigInt(`${whole}${fraction.slice(0, decimals)}`) + (fraction[decimals]! >= '5' ? 1n : 0n);
  const digits = String(kept).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  const rounded = decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${sign === '-' && kept !== 0n ? '-' : ''}${rounded}`;
}
