import { createReadStream } from 'node:fs';
import { LIMITS } from '../../../contracts/limits.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { Dialect } from '../../../domain/datasets/dialect/dialect.js';
import {
  createRecordReader,
  RecordTooLongError,
  type SourceRecord,
} from '../../../domain/datasets/dialect/read-records.js';
import { createPieceDecoder } from '../../../domain/datasets/dialect/text-decoder.js';
import { openTextOutput } from './text-output.js';

export interface NormaliseFileInput {
  path: string;
  dialect: Dialect;
  isUtf8: boolean;
  /** Lines are told by the number of the record: the file is a sheet, one record for each row. */
  linesAreRecords?: boolean;
  /** The data records: `row,line,cells…`, UTF-8, commas, cells in double quotes; a missing cell is bare. */
  outputPath: string;
}

export interface NormalisedFile {
  rows: number;
  /** Cells of the widest record. */
  width: number;
  /** Header records of the table. */
  header: string[][];
  /** Records that were read in another way than the rest. */
  mended: number;
  /** Records with fewer cells than usual, and with more. */
  short: number;
  long: number;
  /** Bytes that the longest line of the output has at most. */
  longestLine: number;
  /** Records outside of the table: notes above and below, other tables. At most 10,000 are kept. */
  outside: { line: number; text: string }[];
  outsideCount: number;
}

const MOST_OUTSIDE = 10_000;

/**
 * Reads a delimited file of any dialect and writes its table again in one that DuckDB reads exactly. Nothing is left out silently:
 * what stands outside of the table is counted and kept.
 * @throws QuaestorError `dataset_record_too_long`, `dataset_too_many_columns`
 */
export async function normaliseFile({
  path,
  dialect,
  isUtf8,
  linesAreRecords = false,
  outputPath,
}: NormaliseFileInput): Promise<NormalisedFile> {
  const table = dialect.tables[dialect.table];
  const start = table?.start ?? 0;
  const firstRow = start + (table?.headerRows ?? 0);
  const end = table?.end ?? Number.POSITIVE_INFINITY;
  const result: NormalisedFile = {
    rows: 0,
    width: 0,
    header: [],
    mended: 0,
    short: 0,
    long: 0,
    longestLine: 0,
    outside: [],
    outsideCount: 0,
  };
  const output = await openTextOutput(outputPath);
  let index = -1;

  const take = (read: SourceRecord): void => {
    index += 1;
    const record = linesAreRecords ? { ...read, line: index + 1 } : read;
    const isBlank = record.cells.length === 1 && record.cells[0] === '' && !record.quoted[0];
    if (index < start || index >= end) {
      if (!isBlank) keepOutside(result, record);
      return;
    }
    if (index < firstRow) {
      result.header.push(record.cells);
      result.width = Math.max(result.width, record.cells.length);
      return;
    }
    const width = table?.width ?? 1;
    if (isBlank && width > 1) return;
    if (record.isMended) result.mended += 1;
    if (record.cells.length < width) result.short += 1;
    if (record.cells.length > width) result.long += 1;
    if (record.cells.length > LIMITS.datasetColumns) throw tooManyColumns(record.cells.length);
    result.width = Math.max(result.width, width, record.cells.length);
    result.rows += 1;
    const before = output.text.length;
    output.text += `${result.rows},${record.line}`;
    for (let column = 0; column < record.cells.length; column += 1) {
      const cell = record.cells[column] ?? '';
      if (cell === '' && !record.quoted[column]) output.text += ',';
      else output.text += cell.includes('"') ? `,"${cell.replaceAll('"', '""')}"` : `,"${cell}"`;
    }
    // Padded to the usual width; only records that are longer make the lines differ.
    output.text += `${','.repeat(Math.max(0, width - record.cells.length))}\n`;
    result.longestLine = Math.max(result.longestLine, 3 * (output.text.length - before));
  };

  const reader = createRecordReader(dialect.format, { maxRecordChars: LIMITS.datasetRecordChars });
  const decoder = createPieceDecoder(dialect.encoding, isUtf8);
  try {
    for await (const chunk of createReadStream(path, {
      highWaterMark: 256 * 1024,
    }) as AsyncIterable<Buffer>) {
      for (const record of reader.push(decoder.decode(chunk))) {
        take(record);
        if (output.isFull) await output.flush();
      }
    }
    for (const record of [...reader.push(decoder.decode()), ...reader.end()]) take(record);
    await output.flush();
  } catch (error) {
    if (error instanceof RecordTooLongError) {
      throw new QuaestorError('dataset_record_too_long', `${error.message}.`, {
        details: { line: error.line },
      });
    }
    throw error;
  } finally {
    await output.close();
  }
  return result;
}

export const tooManyColumns = (columns: number): QuaestorError =>
  new QuaestorError(
    'dataset_too_many_columns',
    `The file has ${columns} columns; ${LIMITS.datasetColumns} are allowed.`,
  );

function keepOutside(result: NormalisedFile, record: SourceRecord): void {
  result.outsideCount += 1;
  if (result.outside.length < MOST_OUTSIDE)
    result.outside.push({ line: record.line, text: JSON.stringify(record.cells) });
}
