import { quoteLiteral } from '../duckdb/quote.js';

export { quoteLiteral as quoteText, quoteName } from '../duckdb/quote.js';

/** The rows of a Parquet file. */
export const fromParquet = (path: string): string => `read_parquet(${quoteLiteral(path)})`;

/** The column with the 1-based row number of the source that each dataset version has; no column of the dataset. */
export const ROW_COLUMN = '__row';
