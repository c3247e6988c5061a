/** A name for DuckDB's SQL, always in double quotes. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A string literal. DuckDB knows no backslash escapes in these. */
export const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
