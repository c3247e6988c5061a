/** Formats of dates and times in strptime's words, and how a cell is checked against one. */
const DATES = [
  '%Y-%m-%d',
  '%Y/%m/%d',
  '%d/%m/%Y',
  '%m/%d/%Y',
  '%-d/%-m/%Y',
  '%-m/%-d/%Y',
  '%d.%m.%Y',
  '%-d.%-m.%Y',
  '%d-%m-%Y',
  '%m-%d-%Y',
  '%d-%b-%Y',
  '%d-%b-%y',
  '%d %b %Y',
  '%d %B %Y',
  '%B %d, %Y',
  '%b %d, %Y',
  '%d/%m/%y',
  '%m/%d/%y',
  '%d.%m.%y',
  '%-d/%-m/%y',
  '%-m/%-d/%y',
] as const;

const TIMES = [
  '%H:%M:%S',
  '%H:%M',
  '%H:%M:%S.%g',
  '%H:%M:%S.%f',
  '%I:%M:%S %p',
  '%I:%M %p',
  '%-H:%M',
  '%-H:%M:%S',
  '%-I:%M %p',
  '%-I:%M:%S %p',
] as const;

export const DATE_FORMATS: readonly string[] = DATES;
export const TIMESTAMP_FORMATS: readonly string[] = [
  ...DATES.flatMap((date) => TIMES.map((time) => `${date} ${time}`)),
  ...['%Y-%m-%d', '%Y/%m/%d'].flatMap((date) =>
    ['%H:%M:%S', '%H:%M', '%H:%M:%S.%g', '%H:%M:%S.%f'].flatMap((time) => [
      `${date}T${time}`,
      `${date}T${time}Z`,
    ]),
  ),
];

const MONTHS = 'January,February,March,April,May,June,July,August,September,October,November,December'.split(
  ',',
);
const SHORT_MONTHS = MONTHS.map((month) => month.slice(0, 3));

const PARTS: Record<string, string> = {
  '%Y': '(?<year>\\d{4})',
  '%y': '(?<year>\\d{2})',
  '%m': '(?<month>\\d{2})',
  '%-m': '(?<month>[1-9]\\d?)',
  '%d': '(?<day>\\d{2})',
  '%-d': '(?<day>[1-9]\\d?)',
  '%b': `(?<name>${SHORT_MONTHS.join('|')})`,
  '%B': `(?<name>${MONTHS.join('|')})`,
  '%H': '(?<hour>\\d{2})',
  '%-H': '(?<hour>\\d|[12]\\d)',
  '%I': '(?<half>\\d{2})',
  '%-I': '(?<half>\\d|1\\d)',
  '%M': '(?<minute>\\d{2})',
  '%S': '(?<second>\\d{2})',
  '%g': '\\d{3}',
  '%f': '\\d{6}',
  '%p': '[AP]M',
};

const patterns = new Map<string, RegExp>();

function patternOf(format: string): RegExp {
  const known = patterns.get(format);
  if (known) return known;
  const source = format.replaceAll(/%-?[a-zA-Z]|[.]/g, (part) => PARTS[part] ?? `\\${part}`);
  const pattern = new RegExp(`^${source}$`);
  patterns.set(format, pattern);
  return pattern;
}

/** Is the cell written exactly in this format, and a day that exists? */
export function fitsDateFormat(format: string, cell: string): boolean {
  const parts = patternOf(format).exec(cell)?.groups;
  if (!parts) return false;
  const year = Number(parts['year']);
  const names =
    parts['name'] === undefined ? [] : [MONTHS.indexOf(parts['name']), SHORT_MONTHS.indexOf(parts['name'])];
  const month = parts['month'] === undefined ? Math.max(...names) + 1 : Number(parts['month']);
  const day = Number(parts['day']);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  const half = parts['half'] === undefined ? 1 : Number(parts['half']);
  return (
    half >= 1 &&
    half <= 12 &&
    Number(parts['hour'] ?? 0) < 24 &&
    Number(parts['minute'] ?? 0) < 60 &&
    Number(parts['second'] ?? 0) < 60
  );
}

function daysIn(year: number, month: number): number {
  // Two digits mean 1969 to 2068, in which every fourth year is a leap year.
  const isLeap = year < 100 ? year % 4 === 0 : (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/** The same format with day and month exchanged; undefined where the two cannot be confused. */
export function confusedFormat(format: string): string | undefined {
  const swapped = format.replace(/(%-?)([dm])([/.-])(%-?)([dm])/, (_all, a, first, mark, b, second) =>
    [a, second, mark, b, first].join(''),
  );
  return swapped === format ? undefined : swapped;
}
