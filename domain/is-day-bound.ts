const YEAR_OR_DATE = /\b(19|20)\d{2}\b|\d{4}-\d{2}/;

/**
 * Whether SQL may hold only for the day on which it was written: "last month" was told as dates. SQL without any year computes
 * its dates when it runs.
 */
export const isDayBound = (sql: string): boolean => YEAR_OR_DATE.test(sql);
