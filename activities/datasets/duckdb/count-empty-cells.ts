import type { DuckDbSession } from './duckdb-session.js';
import { quoteLiteral } from './quote.js';

/** Cells that are NULL, by column of a Parquet file: from its statistics, without reading a cell. Nested columns have none. */
export async function countEmptyCells(session: DuckDbSession, path: string): Promise<Map<string, number>> {
  const { rows } = await session.all(
    `SELECT path_in_schema, sum(stats_null_count) FROM parquet_metadata(${quoteLiteral(path)})
     GROUP BY 1 HAVING bool_and(stats_null_count IS NOT NULL)`,
  );
  return new Map(rows.map(([name, count]) => [String(name), Number(count)]));
}
