const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const precise = new Intl.NumberFormat('en', { maximumSignificantDigits: 5 });

/** 12,345 or 0.012346; very large and very small ones as powers. A dash where there is none. */
export function formatFigure(value: number | string | null | undefined): string {
  if (value === null || value === undefined || value === '') return '–';
  const number = Number(value);
  if (!Number.isFinite(number)) return String(value);
  if (Number.isInteger(number) && Math.abs(number) < 1e15) return whole.format(number);
  const size = Math.abs(number);
  if (size >= 1e15 || size < 1e-4) return number.toExponential(3);
  return size >= 10_000 ? tenths.format(number) : precise.format(number);
}

/** Whole numbers that name rather than count, such as years and numbers of accounts, are written without marks for thousands. */
export const formatName = (value: number | string | null | undefined): string =>
  value !== null && value !== undefined && /^-?\d+$/.test(String(value))
    ? String(value)
    : formatFigure(value);

/** 12.3 % of a whole; "< 0.1 %" for what rounds to nothing. */
export function formatShare(part: number, of: number): string {
  if (of === 0 || part === 0) return '0 %';
  const percent = (part / of) * 100;
  return percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** Seconds since 1970 as a date, with the time where it is not midnight. */
export function formatMoment(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return '–';
  const text = date.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ');
}
