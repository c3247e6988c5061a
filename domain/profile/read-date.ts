const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\\.?';
const TIME =
  '(?:[T ]+\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?(?: ?[AaPp][Mm])?(?: ?(?:Z|UTC|[+-]\\d{2}:?\\d{2}))?)?';

const YEAR_FIRST = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${TIME}$`);
const YEAR_LAST = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${TIME}$`);
const DAY_MONTH = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)?[ -]${MONTH}[ ,-]+(\\d{4}|\\d{2})${TIME}$`, 'i');
const MONTH_DAY = new RegExp(`^${MONTH} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})${TIME}$`, 'i');

/**
 * The way a text writes a date, or null. `?` parts: day and month cannot be told apart in this text (03/04/2021).
 * Formats: `Y-m-d` with its separator, `d/m/Y`, `m/d/Y`, `?/?/Y`, `d.m.Y`, `d mon Y`, `mon d Y`.
 */
export function dateFormatOf(text: string): string | null {
  const first = YEAR_FIRST.exec(text);
  if (first) return isDay(first[3]!, first[4]!) && isYear(first[1]!) ? `Y${first[2]}m${first[2]}d` : null;
  const last = YEAR_LAST.exec(text);
  if (last) return yearLast(Number(last[1]), Number(last[3]), last[2]!, last[4]!);
  if (DAY_MONTH.test(text)) return 'd mon Y';
  return MONTH_DAY.test(text) ? 'mon d Y' : null;
}

function yearLast(one: number, two: number, separator: string, year: string): string | null {
  const suffix = year.length === 4 ? 'Y' : 'y';
  if (suffix === 'Y' && !isYear(year)) return null;
  if (one < 1 || two < 1 || one > 31 || two > 31 || (one > 12 && two > 12)) return null;
  // Full stops are written between day, month and year in this order; 12.5.99 could be a version, so it needs the long year.
  if (separator === '.') return suffix === 'Y' && two <= 12 ? 'd.m.Y' : null;
  const order = one > 12 ? ['d', 'm'] : two > 12 ? ['m', 'd'] : ['?', '?'];
  return [...order, suffix].join(separator);
}

const isYear = (year: string): boolean => Number(year) >= 1000 && Number(year) <= 9999;
const isDay = (month: string, day: string): boolean =>
  Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
