/** What a number's format says about it. */
export type NumberMeaning = 'number' | 'date' | 'timestamp' | 'time' | 'duration';

/** Formats that have a number instead of a text, ECMA-376 part 1, 18.8.30, and those of East Asian versions. */
const BUILT_IN: ReadonlyMap<number, NumberMeaning> = new Map<number, NumberMeaning>([
  ...[14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id) => [id, 'date'] as const),
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56].map((id) => [id, 'time'] as const),
  [22, 'timestamp'],
  [46, 'duration'],
]);

/** Reads a number format: `yyyy-mm-dd` is a date, `[h]:mm` a duration, `0.00 "days"` a number. */
export function numberMeaning(formatId: number, formatCode: string | undefined): NumberMeaning {
  if (formatCode === undefined) return BUILT_IN.get(formatId) ?? 'number';
  // Only the first section, for positive numbers; literals, colours and locales say nothing.
  const code = formatCode
    .replaceAll(/"[^"]*"|\\.|_.|\*./g, '')
    .replaceAll(
      /\[(?:\$[^\]]*|black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+|[<>=][^\]]*)\]/gi,
      '',
    )
    .split(';', 1)[0] as string;
  if (/\[(?:h+|m+|s+)\]/i.test(code)) return 'duration';
  if (/general|[0#?]/i.test(code.replaceAll(/s+[.,]0+/gi, 's')) || /@/.test(code)) return 'number';
  const hasTime = /[hs]/i.test(code) || /am\/pm|a\/p/i.test(code);
  const hasDate = /[dyge]/i.test(code.replaceAll(/am\/pm|a\/p/gi, '')) || (!hasTime && /m/i.test(code));
  if (hasDate) return hasTime ? 'timestamp' : 'date';
  return hasTime ? 'time' : 'number';
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 2_958_465;
const two = (value: number): string => String(value).padStart(2, '0');

/**
 * The text of a number cell. Dates and times become ISO texts; a date with a time of day keeps it, whatever the format shows. Whole
 * numbers stay as they are written, others are written with the fewest digits that give the same double: `0.10000000000000001` is 0.1.
 */
export function numberText(raw: string, meaning: NumberMeaning, is1904: boolean): string {
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  if (meaning !== 'number' && meaning !== 'duration') {
    const text = serialText(value, meaning, is1904);
    if (text !== undefined) return text;
  }
  if (/^-?\d+$/.test(raw)) return raw;
  return plainDigits(value);
}

function serialText(value: number, meaning: NumberMeaning, is1904: boolean): string | undefined {
  if (value < 0 || value > MOST_DAYS) return undefined;
  if (meaning === 'time' && value < 1) return timeText(Math.round(value * DAY_MS));
  // Excel's calendar has a 29 February 1900 (serial 60), which never was; days before it are one off.
  if (!is1904 && (value < 1 || Math.floor(value) === 60)) return undefined;
  const offset = is1904 ? 1_462 : value < 60 ? 1 : 0;
  const date = new Date(Date.UTC(1899, 11, 30) + Math.round((value + offset) * DAY_MS));
  const day = `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const time = date.getTime() - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return meaning === 'date' && time === 0 ? day : `${day} ${timeText(time)}`;
}

function timeText(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const text = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const rest = ms % 1_000;
  return rest === 0 ? text : `${text}.${String(rest).padStart(3, '0').replace(/0+$/, '')}`;
}

/** A double without an exponent where that takes at most 40 digits. */
function plainDigits(value: number): string {
  const text = String(value);
  const parts = /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(text);
  if (!parts) return text;
  const [, sign = '', first = '', rest = '', power = '0'] = parts;
  const exponent = Number(power);
  const digits = first + rest;
  if (Math.abs(exponent) > 37) return text;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return sign + digits.padEnd(exponent + 1, '0');
}

/** Texts of a workbook write characters that XML cannot hold as `_x000D_`. */
export const unescapeText = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_match, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text;

/** `AB12` is column 27 (from 0); undefined where there is no column. */
export function columnOf(reference: string): number | undefined {
  let column = 0;
  let index = 0;
  for (; index < reference.length; index += 1) {
    const code = reference.charCodeAt(index) & ~32;
    if (code < 65 || code > 90) break;
    column = column * 26 + (code - 64);
  }
  return index === 0 || index > 3 ? undefined : column - 1;
}
