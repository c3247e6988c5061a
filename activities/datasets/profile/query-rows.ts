/** Runs one DuckDB statement in a session that keeps its temporary tables; rows as JSON: numbers, strings, booleans, null, lists, objects. */
export type QueryRows = (sql: string) => Promise<Record<string, unknown>[]>;
