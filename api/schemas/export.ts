import { z } from 'zod';
import { EXPORT_FORMATS, type ResultExport } from '../../contracts/export.js';
import { timestamp, uuid } from './text.js';

export const exportBody = z
  .strictObject({
    format: z.enum(EXPORT_FORMATS),
    escapeFormulas: z.boolean().default(false).meta({
      description:
        'CSV: puts an apostrophe before texts that spreadsheets would run as formulas (they begin with =, +, -, @, a tab or a line break). It changes these cells.',
    }),
  })
  .meta({ id: 'NewExport' });

export const exportSchema = z
  .object({
    id: uuid(),
    questionId: uuid(),
    jobId: z.string(),
    format: z.enum(EXPORT_FORMATS),
    options: z.object({ escapeFormulas: z.boolean().optional() }),
    status: z
      .enum(['queued', 'running', 'succeeded', 'failed', 'cancelled'])
      .meta({ description: 'Of its job: the file is there when it has succeeded.' }),
    fileName: z.string(),
    sizeBytes: z.int().nullable(),
    createdAt: timestamp(),
  })
  .meta({ id: 'Export' }) satisfies z.ZodType<ResultExport>;

export const acceptedExportSchema = z
  .object({
    id: uuid(),
    jobId: z.string(),
    status: z.string(),
    links: z.object({ export: z.string(), file: z.string(), job: z.string(), events: z.string() }),
  })
  .meta({ id: 'AcceptedExport' });
