import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { ProcessExit } from './start-duckdb-process.js';

/** DuckDB's words as an error of the catalogue. Files' paths are cut to their last part: they are nobody's business. */
export function toDuckDbError(message: string): QuaestorError {
  const said = message.replaceAll(/(?<![\w.])\/(?:[^\s/"']+\/)+/g, '');
  if (/no space left on device|could not write all bytes|max_temp_directory_size/i.test(message)) {
    return new QuaestorError('dataset_disk_full', 'DuckDB found no room left on the disk.', {
      cause: message,
    });
  }
  if (/^out of memory|failed to allocate|bad_alloc/i.test(message)) {
    return new QuaestorError('dataset_out_of_memory', 'DuckDB reached its memory limit.', { cause: message });
  }
  return new QuaestorError('query_failed', `DuckDB said: ${said}`);
}

/** A process that ended by itself. Aborts come from allocations that fail at the cap; a kill comes from outside. */
export function toExitError(exit: ProcessExit, capBytes: number): QuaestorError {
  const how = exit.signal ?? `exit code ${exit.code}`;
  if (exit.wasOverCap || (exit.signal !== null && exit.signal !== 'SIGKILL' && exit.signal !== 'SIGTERM')) {
    return new QuaestorError(
      'dataset_out_of_memory',
      `The DuckDB process ended (${how}) at its memory cap of ${Math.round(capBytes / 1024 ** 2)} MB.`,
    );
  }
  return new QuaestorError('dataset_process_died', `The DuckDB process ended (${how}).`);
}
