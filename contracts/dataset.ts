import type { ErrorRecord } from './quaestor-error.js';
import type { Cell } from './question.js';

export type DatasetStatus = 'uploaded' | 'reading' | 'ready' | 'failed';
export type DatasetFormat = 'csv' | 'json' | 'jsonl' | 'parquet' | 'xlsx';

export interface DatasetColumn {
  name: string;
  /** DuckDB's name of the type. */
  type: string;
  /** How the cells are written, for people: `dates as %d/%m/%Y`. */
  reading: string;
  /** Cells of the file that have no exact value in this column; they are NULL and listed. */
  rejected: number;
  /** Cells that have their value, but are written in another way than the column; the text is listed. */
  respelled: number;
  /** Cells that hold nothing, for whatever reason; absent where that was not counted: nested columns, and versions of before. */
  empty?: number | undefined;
}

/** One decision about the file, for a person to read. */
export interface DatasetEvidence {
  about: string;
  text: string;
  /** 0 to 1. */
  confidence: number;
}

export interface DatasetSheet {
  name: string;
  isHidden: boolean;
}

/** How the file was read. */
export interface DatasetReading {
  format: DatasetFormat;
  /** Of a workbook: its sheets, and the one that was read. */
  sheets?: DatasetSheet[];
  sheet?: string;
  encoding: string | null;
  delimiter: string | null;
  quote: string | null;
  escape: string | null;
  headerRows: number | null;
  /** Records above the table. */
  skippedRows: number | null;
  tables: number;
  confidence: number;
  evidence: DatasetEvidence[];
  /** Records that were read in another way than the rest, had fewer cells than usual, or more. */
  mendedRecords: number;
  shortRecords: number;
  longRecords: number;
  /** Records that are no part of the table: notes and other tables. They are listed with the rejected cells. */
  outsideRecords: number;
}

/** What a person says about the file instead of what was detected. */
export interface DatasetOverride {
  /** Any label of the WHATWG's Encoding Standard: `shift_jis`, `koi8-r`, `windows-1251`, … */
  encoding?: string;
  delimiter?: string;
  quote?: string;
  escape?: 'doubled' | 'backslash' | 'none';
  headerRows?: number;
  skipRows?: number;
  table?: number;
  /** Name of a workbook's sheet. */
  sheet?: string;
}

/** A stored version: `<folder>/data.parquet` with the columns (and `__row` where the place of a row in the file does not tell it), and `<folder>/rejects.parquet`. */
export interface DatasetVersion {
  id: string;
  number: number;
  rowCount: number;
  columns: DatasetColumn[];
  reading: DatasetReading;
  rejectedCells: number;
  parquetBytes: number;
  createdAt: string;
}

/** A cell that a typed column does not give back, or a record outside of the table. */
export interface ListedCell {
  /** In the file or sheet, from 1, where no cell goes over lines and no line is blank; else the number of the record. */
  line: number;
  column: string | null;
  text: string;
  /** `respelled`, `null_word`, `outside_of_table`, `formula_without_value`, `not_an_object`, `repeated_key` or `not_a_…`. */
  reason: string;
}

/** What is kept in the store for showing. */
export interface DatasetPreview {
  /** The first rows; the last cell is the number of the record. */
  rows: Cell[][];
  /** The first listed cells, by line. */
  rejects: ListedCell[];
}

export interface Dataset {
  id: string;
  name: string;
  fileName: string;
  sizeBytes: number;
  /** Of the file as it was sent, in hex. */
  sha256: string;
  status: DatasetStatus;
  error: ErrorRecord | null;
  version: DatasetVersion | null;
  createdAt: string;
}
