import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { QuestionTable } from '../../../db/statements/question-tables.js';
import type { Result } from '../../../domain/result/result-shape.js';
import { datasetFiles } from '../../../platform/dataset-files.js';
import type { DuckDbSessionOptions } from '../duckdb/duckdb-pool.js';
import { selectCells } from '../duckdb/select-cells.js';

/** What an untrusted session of a question holds; equal for all questions about the same versions and results. */
export type SessionTables = Required<Pick<DuckDbSessionOptions, 'views' | 'loadTables' | 'keepAs'>>;

/**
 * Views over the Parquet files of dataset versions, and tables with the rows of results, under the names of the question. Undefined
 * when a file is not in this process's folder.
 * @param readRows of an answered question
 */
export async function findSessionTables(
  folder: string,
  tenantId: string,
  tables: readonly QuestionTable[],
  readRows: (questionId: string) => Promise<Result>,
): Promise<SessionTables | undefined> {
  const views: Record<string, string> = {};
  const results: { name: string; rowsOf: string }[] = [];
  for (const table of tables) {
    if ('rowsOf' in table) results.push({ name: table.name, rowsOf: table.rowsOf });
    else {
      const path = join(
        datasetFiles.version(folder, tenantId, table.datasetId, table.versionId),
        'data.parquet',
      );
      const isHere = await access(path).then(
        () => true,
        () => false,
      );
      if (!isHere) return undefined;
      views[table.name] = path;
    }
  }
  const key = createHash('sha256')
    .update(JSON.stringify([tenantId, views, results]))
    .digest('hex');
  return {
    views,
    keepAs: key,
    loadTables: async (sessionFolder) => {
      const loaded: Record<string, string> = {};
      for (const [index, { name, rowsOf }] of results.entries()) {
        const path = join(sessionFolder, `result-${index}.csv`);
        loaded[name] = await selectCells(path, await readRows(rowsOf), new AbortController().signal);
      }
      return loaded;
    },
  };
}
