import { z } from 'zod';
import type { Dataset, DatasetOverride } from '../../contracts/dataset.js';
import { errorRecordSchema } from './problem.js';
import { timestamp, uuid } from './text.js';

const columnSchema = z.object({
  name: z.string(),
  type: z.string().meta({ description: 'DuckDB’s name of the type.', example: 'DECIMAL(18,2)' }),
  reading: z.string().meta({ description: 'How the cells are written.', example: 'dates as %d/%m/%Y' }),
  rejected: z.int().meta({ description: 'Cells without an exact value: NULL, and listed.' }),
  respelled: z.int().meta({ description: 'Cells that are written in another way than the column; listed.' }),
  empty: z.int().optional().meta({ description: 'Cells that hold nothing (NULL), where that was counted.' }),
});

const readingSchema = z.object({
  format: z.enum(['csv', 'json', 'jsonl', 'parquet', 'xlsx']),
  sheets: z.array(z.object({ name: z.string(), isHidden: z.boolean() })).optional(),
  sheet: z.string().optional().meta({ description: 'The sheet of a workbook that was read.' }),
  encoding: z.string().nullable(),
  delimiter: z.string().nullable(),
  quote: z.string().nullable(),
  escape: z.string().nullable(),
  headerRows: z.int().nullable(),
  skippedRows: z.int().nullable(),
  tables: z.int(),
  confidence: z.number(),
  evidence: z.array(z.object({ about: z.string(), text: z.string(), confidence: z.number() })),
  mendedRecords: z.int(),
  shortRecords: z.int(),
  longRecords: z.int(),
  outsideRecords: z.int(),
});

export const datasetSchema = z
  .object({
    id: uuid(),
    name: z.string(),
    fileName: z.string(),
    sizeBytes: z.int(),
    sha256: z.string(),
    status: z.enum(['uploaded', 'reading', 'ready', 'failed']),
    error: errorRecordSchema.nullable(),
    version: z
      .object({
        id: uuid(),
        number: z.int(),
        rowCount: z.int(),
        columns: z.array(columnSchema),
        reading: readingSchema,
        rejectedCells: z.int(),
        parquetBytes: z.int(),
        createdAt: timestamp(),
      })
      .nullable(),
    createdAt: timestamp(),
  })
  .meta({ id: 'Dataset' }) satisfies z.ZodType<Dataset>;

export const datasetListSchema = z.object({ datasets: z.array(datasetSchema) }).meta({ id: 'DatasetList' });

export const acceptedDatasetSchema = z
  .object({
    dataset: datasetSchema,
    jobId: z.string(),
    links: z.object({ dataset: z.string(), job: z.string(), events: z.string() }),
  })
  .meta({ id: 'AcceptedDataset' });

const isEncoding = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== 'replacement';
  } catch {
    return false;
  }
};

export const datasetOverrideBody = z
  .strictObject({
    encoding: z
      .string()
      .max(40)
      .refine(
        isEncoding,
        'No encoding of this name is known; big5, shift_jis, euc-kr, windows-1251 and others are.',
      )
      .optional()
      .meta({
        description:
          'Any label of the WHATWG’s Encoding Standard: utf-8, windows-1252, big5, shift_jis, koi8-r, …',
      }),
    delimiter: z.string().max(4).optional().meta({ description: 'Empty for a file of one column.' }),
    quote: z.string().max(1).optional(),
    escape: z.enum(['doubled', 'backslash', 'none']).optional(),
    headerRows: z.int().min(0).max(20).optional(),
    skipRows: z.int().min(0).max(10_000).optional(),
    table: z.int().min(0).max(100).optional(),
    sheet: z.string().max(100).optional().meta({ description: 'Name of a workbook’s sheet.' }),
  })
  .meta({ id: 'DatasetOverride' }) satisfies z.ZodType<DatasetOverride>;

export const uploadSchema = z
  .object({ id: uuid(), offsetBytes: z.int(), sizeBytes: z.int(), isWhole: z.boolean() })
  .meta({ id: 'Upload' });

export const datasetRowsSchema = z
  .object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  })
  .meta({ id: 'DatasetRows' });

export const datasetRejectsSchema = z
  .object({
    rejects: z.array(
      z.object({ line: z.int(), column: z.string().nullable(), text: z.string(), reason: z.string() }),
    ),
  })
  .meta({ id: 'DatasetRejects' });
