import type { Result } from '../../domain/result/result-shape.js';
import type { DuckDbPool } from '../datasets/duckdb/duckdb-pool.js';
import { quoteLiteral } from '../datasets/duckdb/quote.js';
import { selectCells } from '../datasets/duckdb/select-cells.js';

const TIMEOUT_MS = 60_000;

/** Writes Parquet (zstd) with DuckDB in a process of its own; types as `fileType` finds them, so that no cell loses anything. */
export async function writeParquet(
  path: string,
  result: Result,
  duckdb: DuckDbPool,
  signal: AbortSignal,
): Promise<void> {
  const select = await selectCells(`${path}.csv`, result, signal);
  await duckdb.withSession({ timeoutMs: TIMEOUT_MS, signal }, async (session) => {
    await session.run(`SET TimeZone = 'UTC'`);
    await session.run(`COPY (${select}) TO ${quoteLiteral(path)} (FORMAT parquet, COMPRESSION zstd)`);
  });
}
