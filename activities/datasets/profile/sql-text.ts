import { quoteLiteral } from '../duckdb/quote.js';

export { quoteLiteral as quoteText, quoteName } from '../duckdb/quote.js';
export { ROW_COLUMN } from '../duckdb/version-rows.js';

/** A Parquet file as it is; the rows of a version are a `data` relation, which has their numbers too. */
export const fromParquet = (path: string): string => `read_parquet(${quoteLiteral(path)})`;
