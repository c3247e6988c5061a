import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import type { QueryRows } from './query-rows.js';

/** Rows by column name from a session of the pool. */
export const queryRowsOfSession =
  (session: DuckDbSession): QueryRows =>
  async (sql) => {
    const { columns, rows } = await session.all(sql);
    return rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])));
  };
