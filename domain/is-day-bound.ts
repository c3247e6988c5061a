const YEAR_OR_DATE = /\b(19|20)\d{2}\b|\d{4}-\d{2}/;

/**
 * Whether SQL may hold only for the day on which it was written: "last month" was told as dates. SQL without any year computes
 * its dates when it runs.
 */
export const isDayBound = (sql: string): boolean => YEAR_OR_DATE.test(sql);

const CLOCK_OR_CHANCE =
  /\b(current_|localtime|now\b|today\b|age\b|ago\b|get_current|transaction_timestamp|random\b|sample\b|tablesample\b)/i;

/** Whether the rows of SQL may be others when it runs again on the same data another day: it reads the clock, names dates, or draws lots. */
export const rowsAreDayBound = (sql: string): boolean => isDayBound(sql) || CLOCK_OR_CHANCE.test(sql);
