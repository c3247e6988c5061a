import { stat } from 'node:fs/promises';
import type { DatasetSheet } from '../../../../contracts/dataset.js';
import { QuaestorError } from '../../../../contracts/quaestor-error.js';
import type { RecordFormat } from '../../../../domain/datasets/dialect/dialect.js';
import { openArchive } from './open-archive.js';
import { openWorkbook, type Workbook } from './open-workbook.js';
import { type WrittenSheet, writeSheet } from './write-sheet.js';

export interface ConvertedWorkbook extends WrittenSheet {
  sheets: DatasetSheet[];
  /** The one that was written. */
  sheet: string;
}

/** How `writeSheet` writes. */
export const sheetFormat = (width: number): RecordFormat => ({
  delimiter: ',',
  quote: '"',
  escape: 'doubled',
  carriageReturnEnds: false,
  width,
});

/**
 * Writes one sheet of a workbook (.xlsx, .xlsm) as CSV: the named one, or the first visible one with cells.
 * @throws QuaestorError `dataset_unreadable`, `dataset_unpacks_too_large`, `dataset_too_many_columns`, `dataset_empty`
 */
export async function convertWorkbook(input: {
  path: string;
  outputPath: string;
  sheet: string | undefined;
}): Promise<ConvertedWorkbook> {
  const archive = await openArchive(input.path, (await stat(input.path)).size);
  try {
    const workbook = await openWorkbook(archive);
    const sheets = workbook.sheets.map(({ name, isHidden }) => ({ name, isHidden }));
    for (const { name, part } of candidates(workbook, input.sheet)) {
      const first = await writeSheet(archive, workbook, part, input.outputPath, 0);
      if (first.filledRows === 0) continue;
      // How wide the sheet is was not known before: rows of one width are read by all threads.
      const written = first.isEven
        ? first
        : await writeSheet(archive, workbook, part, input.outputPath, first.width);
      return { ...written, sheets, sheet: name };
    }
    throw new QuaestorError(
      'dataset_empty',
      input.sheet === undefined ? 'The workbook is empty.' : `The sheet "${input.sheet}" is empty.`,
    );
  } finally {
    archive.close();
  }
}

function candidates(workbook: Workbook, wanted: string | undefined): Workbook['sheets'] {
  if (wanted === undefined)
    return [...workbook.sheets].sort((a, b) => Number(a.isHidden) - Number(b.isHidden));
  const named = workbook.sheets.filter(({ name }) => name === wanted);
  if (named.length > 0) return named;
  const names = workbook.sheets.map(({ name }) => `"${name}"`).join(', ');
  throw new QuaestorError('dataset_unreadable', `The workbook has no sheet "${wanted}", but ${names}.`);
}
