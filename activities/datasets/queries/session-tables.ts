import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { QuestionTable } from '../../../db/statements/question-tables.js';
import type { Result } from '../../../domain/result/result-shape.js';
import type { DatasetStore, VersionRef } from '../../../platform/dataset-store/dataset-store.js';
import type { DuckDbSessionOptions } from '../duckdb/duckdb-pool.js';
import { selectCells } from '../duckdb/select-cells.js';

/** What an untrusted session of a question holds; equal for all questions about the same versions and results. */
export type SessionTables = Required<Pick<DuckDbSessionOptions, 'views' | 'loadTables' | 'keepAs'>>;

export interface FoundTables extends SessionTables {
  /** Runs `use` while the files behind the views are held on this machine. */
  withFiles<Result>(use: () => Promise<Result>): Promise<Result>;
}

export interface FindSessionTablesInput {
  files: DatasetStore;
  tenantId: string;
  tables: readonly QuestionTable[];
  signal: AbortSignal;
  /** Files that do not come to this machine within this time, for whatever reason, count as not there. Default: no limit. */
  patienceMs?: number;
  /** Of an answered question. */
  readRows: (questionId: string) => Promise<Result>;
}

/**
 * Views over the Parquet files of dataset versions, and tables with the rows of results, under the names of the question. Undefined
 * when a file is not there.
 */
export async function findSessionTables(input: FindSessionTablesInput): Promise<FoundTables | undefined> {
  const { files, readRows, signal, tables, tenantId } = input;
  const versions: VersionRef[] = [];
  const views: Record<string, string> = {};
  const results: { name: string; rowsOf: string }[] = [];
  for (const table of tables) {
    if ('rowsOf' in table) results.push({ name: table.name, rowsOf: table.rowsOf });
    else {
      const { datasetId, versionId } = table;
      const ref = { tenantId, datasetId, versionId };
      if (!(await isHere(input, ref))) return undefined;
      versions.push(ref);
      views[table.name] = join(files.versionFolder(ref), 'data.parquet');
    }
  }
  const key = createHash('sha256')
    .update(JSON.stringify([tenantId, views, results]))
    .digest('hex');
  return {
    views,
    keepAs: key,
    withFiles: (use) => withVersions(files, versions, signal, use),
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

async function isHere(
  { files, patienceMs, signal }: FindSessionTablesInput,
  ref: VersionRef,
): Promise<boolean> {
  if (patienceMs === undefined) return await files.hasVersion(ref, signal);
  try {
    return await files.hasVersion(ref, AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

const withVersions = async <Result>(
  files: DatasetStore,
  [ref, ...others]: readonly VersionRef[],
  signal: AbortSignal,
  use: () => Promise<Result>,
): Promise<Result> =>
  ref ? await files.withVersion(ref, signal, () => withVersions(files, others, signal, use)) : await use();
