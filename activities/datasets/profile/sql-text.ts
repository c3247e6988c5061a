/** A name in double quotes. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A string literal. DuckDB knows no backslash escapes in ordinary literals. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The rows of a Parquet file. */
export const fromParquet = (path: string): string => `read_parquet(${quoteText(path)})`;

/** The column with the 1-based row number of the source that each dataset version has; no column of the dataset. */
export const ROW_COLUMN = '__row';
