import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExportOptions } from '../../contracts/export.js';
import { csvLine } from '../../domain/export/csv-line.js';
import type { Result } from '../../domain/result/result-shape.js';

/** Writes CSV in UTF-8, the names of the columns first. Every cell is the text that the database printed. */
export async function writeCsv(
  path: string,
  result: Result,
  options: ExportOptions,
  signal: AbortSignal,
): Promise<void> {
  const lines = function* () {
    yield csvLine(
      result.columns.map(({ name }) => name),
      options,
    );
    for (const row of result.rows) yield csvLine(row, options);
  };
  await pipeline(Readable.from(lines()), createWriteStream(path), { signal });
}
