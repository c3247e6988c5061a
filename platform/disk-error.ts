import { QuaestorError } from '../contracts/quaestor-error.js';

/** A full disk in words of the catalogue; any other error as it is. */
export function toDiskError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new QuaestorError('dataset_disk_full', 'There is no room left for the file.', { cause: error });
}
