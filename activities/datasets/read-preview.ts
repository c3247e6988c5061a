import { join } from 'node:path';
import type { DatasetPreview, ListedCell } from '../../contracts/dataset.js';
import type { Cell } from '../../contracts/question.js';
import { activitySignal } from '../activity-context.js';
import type { DatasetDeps } from './dataset-deps.js';
import type { DuckDbCell } from './duckdb/protocol.js';
import { quoteLiteral } from './duckdb/quote.js';

/** Kept in the store for showing. */
const PREVIEW_ROWS = 200;
const PREVIEW_REJECTS = 1_000;
const PREVIEW_CELL_CHARS = 2_000;

/** The first rows and the first listed cells of a version's files. */
export async function readPreview(deps: DatasetDeps, folder: string): Promise<DatasetPreview> {
  const views = { data: join(folder, 'data.parquet') };
  return await deps.pool.withSession(
    { timeoutMs: 60_000, signal: activitySignal(), views },
    async (session) => {
      const data = await session.all(`SELECT * FROM data LIMIT ${PREVIEW_ROWS}`);
      const rejects = await session.all(
        `SELECT line, "column", left(text, ${PREVIEW_CELL_CHARS}), reason
       FROM read_parquet(${quoteLiteral(join(folder, 'rejects.parquet'))}) ORDER BY line, "column" LIMIT ${PREVIEW_REJECTS}`,
      );
      return {
        rows: data.rows.map((row) => row.map(toCell)),
        rejects: rejects.rows.map(
          ([line, column, text, reason]): ListedCell => ({
            line: Number(line),
            column: column === null ? null : String(column),
            text: String(text),
            reason: String(reason),
          }),
        ),
      };
    },
  );
}

function toCell(cell: DuckDbCell | undefined): Cell {
  if (cell === undefined || cell === null || typeof cell === 'number' || typeof cell === 'boolean')
    return cell ?? null;
  const text = typeof cell === 'string' ? cell : JSON.stringify(cell);
  // jsonb takes no zero character.
  return text.slice(0, PREVIEW_CELL_CHARS).replaceAll('\0', '\ufffd');
}
