import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { QuaestorError } from '../../contracts/quaestor-error.js';

/** Removes what a broken attempt left half-written. */
export async function removePartials(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const partial = names.filter((name) => name.endsWith('.partial'));
  await Promise.all(partial.map((name) => rm(join(folder, name), { force: true })));
}

/** What the file system said, in words of the catalogue. */
export function toDatasetError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new QuaestorError('dataset_disk_full', 'There is no room left for the dataset.', { cause: error });
  }
  if (code === 'ENOENT') {
    return new QuaestorError('dataset_unreadable', 'The uploaded file is not there any more.', {
      cause: error,
    });
  }
  // Statements are Quaestor's own here: what DuckDB refuses is the file.
  if (error instanceof QuaestorError && error.code === 'query_failed') {
    return new QuaestorError('dataset_unreadable', error.message, { cause: error });
  }
  return error;
}
