import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepEffect } from '../../../contracts/cleaning.js';
import { lostCellsSql } from '../../../domain/cleaning/effect-sql.js';
import { quoteLiteral, quoteName } from '../../../domain/datasets/sql-text.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import { versionParquet } from '../duckdb/parquet-options.js';
import type { BuiltProgram } from './build-program.js';

export interface CleanedFiles {
  rowCount: number;
  parquetBytes: number;
}

/**
 * Writes `data.parquet` with the rows that are left, in their order and with their `__row`, and `rejects.parquet` with the source's list
 * and every cell that lost its value in a step. A half-written file never has the final name.
 */
export async function writeCleanedVersion(
  session: DuckDbSession,
  built: BuiltProgram,
  effects: readonly StepEffect[],
  files: { folder: string; sourceRejects: string },
): Promise<CleanedFiles> {
  const { program } = built;
  const cells = program.columns.map(({ id, name }) => `${id} AS ${quoteName(name)}`);
  const select = `SELECT ${cells.join(', ')}, r AS __row FROM ${program.relation()} WHERE ${program.alive()} = 0`;
  const data = join(files.folder, 'data.parquet');
  const partial = `${data}.partial`;
  await copy(session, `${select}${program.isInOrder() ? '' : ' ORDER BY r'}`, cells.length + 1, partial);
  await rename(partial, data);
  await writeRejects(session, built, effects, files);
  const { rows } = await session.all(`SELECT count(*) FROM read_parquet(${quoteLiteral(data)})`);
  return { rowCount: Number(rows[0]?.[0] ?? 0), parquetBytes: (await stat(data)).size };
}

const copy = (session: DuckDbSession, select: string, columns: number, path: string): Promise<number> =>
  session.run(`COPY (${select}) TO ${quoteLiteral(path)} ${versionParquet(columns)}`);

async function writeRejects(
  session: DuckDbSession,
  { program }: BuiltProgram,
  effects: readonly StepEffect[],
  { folder, sourceRejects }: { folder: string; sourceRejects: string },
): Promise<void> {
  const lost = program.steps.flatMap((step, index) => {
    const columns = new Map((effects[index]?.columns ?? []).map((column) => [column.column, column.lost]));
    // A column that is dropped on purpose is still there, whole, in the version before.
    return step.watched
      .filter(({ name, after }) => after !== null && (columns.get(name) ?? 0) > 0)
      .map((watched) => ({ step, watched }));
  });
  const before = `SELECT line, "column", text, reason, "row" FROM read_parquet(${quoteLiteral(sourceRejects)})`;
  const now =
    lost.length === 0
      ? ''
      : ` UNION ALL SELECT r, c, t, w, r FROM (${lostCellsSql(program.relation(), lost)})`;
  const partial = join(folder, 'rejects.parquet.partial');
  await copy(session, `SELECT * FROM (${before}${now}) ORDER BY line, "column", reason`, 5, partial);
  await rename(partial, join(folder, 'rejects.parquet'));
}
