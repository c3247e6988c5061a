import type { AnswerWarning } from '../../contracts/presentation.js';
import { commonUnit, readMoment } from '../result/moment.js';
import type { ResultShape } from '../result/result-shape.js';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const MIN_PERIODS = 3;

/**
 * The last year, month or week of a course of time when it is still running: it falls off for want of days.
 * @param today `YYYY-MM-DD` in UTC
 */
export function findPartialPeriod(shape: ResultShape, today: string): AnswerWarning[] {
  const time = shape.dimensions.find((index) => shape.roles[index] === 'time');
  if (time === undefined || shape.measures.length === 0) return [];
  const moments = shape.rows.flatMap((row) => readMoment(row[time] ?? null) ?? []);
  const starts = [...new Set(moments.map(({ ms }) => ms))].sort((a, b) => a - b);
  const last = starts.at(-1);
  if (last === undefined || starts.length < MIN_PERIODS) return [];
  const unit = commonUnit(moments);
  const isWeeks = unit === 'day' && starts.every((start) => (start - starts[0]!) % WEEK_MS === 0);
  const period = unit === 'year' || unit === 'month' ? unit : isWeeks ? 'week' : undefined;
  if (!period) return [];
  const now = Date.parse(today);
  const end = endOf(last, period);
  if (now < last || now >= end - DAY_MS) return [];
  const name = new Date(last).toISOString().slice(0, { year: 4, month: 7, week: 10 }[period]);
  return [
    {
      code: 'partial_period',
      message: `The ${period} ${period === 'week' ? 'of ' : ''}${name} is not over yet, so its figures are not complete.`,
      details: { period, start: name },
    },
  ];
}

function endOf(startMs: number, period: 'year' | 'month' | 'week'): number {
  const start = new Date(startMs);
  if (period === 'week') return startMs + WEEK_MS;
  return period === 'year'
    ? Date.UTC(start.getUTCFullYear() + 1, 0, 1)
    : Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}
