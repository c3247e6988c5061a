import { parseSerialized } from '../../../domain/guard/duckdb/tree.js';
import { createDuckDbPool } from '../duckdb/duckdb-pool.js';

/** DuckDB's own parser. */
export interface DuckDbParser {
  /** What `json_serialize_sql` makes of a text; for one that it does not take, `{ error: true, … }`. Nothing is run. */
  serialize(sql: string): Promise<unknown>;
  close(): Promise<void>;
}

const MEMORY_BYTES = 128 * 1024 ** 2;
/** A text of the longest kind takes some milliseconds. */
const TIMEOUT_MS = 5_000;

/** A process of its own, so that no text waits for somebody's query; one that a text kills is replaced. Starts with the first text. */
export function createDuckDbParser(spillFolder: string): DuckDbParser {
  const pool = createDuckDbPool({ maxProcesses: 1, memoryLimitBytes: MEMORY_BYTES, threads: 1, spillFolder });
  return {
    serialize: async (sql) => {
      const { rows } = await pool.withSession({ timeoutMs: TIMEOUT_MS, keepAs: 'parser' }, (session) =>
        session.all('SELECT json_serialize_sql($1::VARCHAR)', [sql]),
      );
      return parseSerialized(String(rows[0]?.[0] ?? '{}'));
    },
    close: () => pool.close(),
  };
}
