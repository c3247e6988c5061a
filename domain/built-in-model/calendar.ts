/** Dates without a clock or a time zone: ISO strings in, ISO strings out. */
export type TimeUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** Half open: `from` belongs to it, `to` does not. Either end may be missing. ISO dates. */
export interface DateRange {
  from?: string;
  to?: string;
}

const DAY_MS = 86_400_000;
const parse = (iso: string): Date => new Date(`${iso}T00:00:00Z`);
const print = (date: Date): string => date.toISOString().slice(0, 10);

/** Null unless it is a day of the calendar. `month` is 1 to 12. */
export function isoDate(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? print(date) : null;
}

/** Adds units; the day is clipped to the length of the month (Jan 31 plus a month is Feb 28 or 29). */
export function addUnits(iso: string, unit: TimeUnit, count: number): string {
  const date = parse(iso);
  if (unit === 'day' || unit === 'week') {
    return print(new Date(date.getTime() + count * (unit === 'week' ? 7 : 1) * DAY_MS));
  }
  const months = count * { month: 1, quarter: 3, year: 12 }[unit];
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date.getUTCDate(), days));
  return print(first);
}

/** First day of the unit that the day is in; weeks begin on Monday, as ISO 8601 and `date_trunc` have it. */
export function startOfUnit(iso: string, unit: TimeUnit): string {
  const date = parse(iso);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  switch (unit) {
    case 'day':
      return iso;
    case 'week':
      return addUnits(iso, 'day', -((date.getUTCDay() + 6) % 7));
    case 'month':
      return print(new Date(Date.UTC(year, month, 1)));
    case 'quarter':
      return print(new Date(Date.UTC(year, month - (month % 3), 1)));
    case 'year':
      return print(new Date(Date.UTC(year, 0, 1)));
  }
}

/** The whole unit that the day is in. */
export function wholeUnit(iso: string, unit: TimeUnit): DateRange {
  const from = startOfUnit(iso, unit);
  return { from, to: addUnits(from, unit, 1) };
}
