import type { TimeUnit } from './calendar.js';

/** A stretch of time to group by, or a part of dates that comes again. */
export type GroupUnit = TimeUnit | 'weekday' | 'weekday-name' | 'hour';

/** Times of day, `HH:MM`; half open. */
export interface ClockRange {
  from?: string;
  to?: string;
}

export type AggregateFunction = 'sum' | 'avg' | 'min' | 'max';
export type CompareOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** A length of time that is counted. */
export type SpanUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
export type ArithmeticOperator = '+' | '-' | '*' | '/';

/** A difference as it is, or as a part (1) or percentage (100) of what was before. */
export type ChangeScale = 'plain' | 1 | 100;
