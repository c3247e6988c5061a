import { DuckDBInstance } from '@duckdb/node-api';
import type { QueryRows } from '../../activities/datasets/profile/query-rows.js';

/** DuckDB in this process, as a child process of the product has it: two threads and 1 GB. */
export async function openDuckDb(spillFolder: string): Promise<{ query: QueryRows; close(): void }> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '1GB',
    temp_directory: spillFolder,
  });
  const connection = await instance.connect();
  return {
    query: async (sql) =>
      (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[],
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
