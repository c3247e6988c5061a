import type { JobStatus } from './job.js';

export const EXPORT_FORMATS = ['csv', 'xlsx', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  /**
   * CSV only: puts an apostrophe before texts that begin with `=`, `+`, `-`, `@`, a tab or a line break, which spreadsheets would
   * run as formulas. Default false, because it changes the cells.
   */
  escapeFormulas?: boolean;
}

/** The rows of an answer as a file. */
export interface ResultExport {
  id: string;
  questionId: string;
  jobId: string;
  format: ExportFormat;
  options: ExportOptions;
  /** Of its job: the file is there when it has succeeded. */
  status: JobStatus;
  fileName: string;
  sizeBytes: number | null;
  createdAt: string;
}
