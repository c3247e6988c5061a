/** Moments are milliseconds since 1970 in UTC throughout the generator; they become text only in rows. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** How much history the sample has before the month of `now`. */
const HISTORY_MONTHS = 36;

/** The span the sample covers: whole months up to the moment it is made. */
export interface Calendar {
  nowMs: number;
  /** First day of trading in the data. */
  startMs: number;
}

export function createCalendar(now: Date): Calendar {
  return {
    nowMs: now.getTime(),
    startMs: Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - HISTORY_MONTHS, 1),
  };
}

/** `2026-03-31` */
export function toDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** `2026-03-31 14:05:09+00` */
export function toTimestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}+00`;
}

/** `2026-03`, the key of a monthly exchange rate. */
export function toMonth(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

/** First moment of the month `months` after the one of `ms`. */
export function addMonths(ms: number, months: number): number {
  const date = new Date(ms);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
}

export function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

/** Moves a Saturday or Sunday to the Monday after it, keeping the time of day. */
export function toWorkday(ms: number): number {
  const weekday = new Date(ms).getUTCDay();
  return weekday === 6 ? ms + 2 * DAY_MS : weekday === 0 ? ms + DAY_MS : ms;
}
