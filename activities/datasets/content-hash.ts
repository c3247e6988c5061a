import { createHash } from 'node:crypto';
import type { IngestedFile } from './ingest/ingest-file.js';

/**
 * Equal for versions with equal cells and equal listed cells: both follow from the file (its SHA-256) and from how it was read.
 * It is raised by hand when reading the same file in the same way comes to give other cells.
 */
const INGESTION = 1;

export const contentHash = (
  fileSha256: string,
  { reading, columns, rowCount }: Pick<IngestedFile, 'reading' | 'columns' | 'rowCount'>,
): string =>
  createHash('sha256')
    .update(JSON.stringify([INGESTION, fileSha256, reading, columns, rowCount]))
    .digest('hex');
