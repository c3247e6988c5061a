import { z } from 'zod';
import {
  EXAMPLE_OUTCOMES,
  EXAMPLE_RUN_REASONS,
  type ExampleResult,
  type ExampleRun,
  type VerifiedExample,
} from '../../contracts/verified-example.js';
import { errorRecordSchema } from './problem.js';
import { idParams, text, timestamp, uuid } from './text.js';

export const saveExampleBody = z
  .strictObject({
    question: text()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'Other words for the example. Default: those of the question.' }),
  })
  .meta({ id: 'SaveExample' });

export const verifiedExampleSchema = z
  .object({
    id: uuid().meta({
      description: 'Of the mapping, where it is of a data source: taking that back takes the example back.',
    }),
    questionId: uuid(),
    question: z.string(),
    sql: z.string(),
    tables: z
      .array(z.object({ name: z.string(), datasetId: uuid().nullable(), title: z.string() }))
      .optional()
      .meta({
        description:
          'The datasets that the SQL reads, by the names that it has for them; null for one that was deleted. Absent for an example of a data source.',
      }),
    columns: z.array(z.string()),
    rowCount: z.int(),
    verifiedBy: z.string(),
    verifiedAt: timestamp(),
  })
  .meta({ id: 'VerifiedExample' }) satisfies z.ZodType<VerifiedExample>;

export const exampleParams = idParams.extend({ exampleId: uuid() });

export const verifiedExampleListSchema = z
  .object({ examples: z.array(verifiedExampleSchema) })
  .meta({ id: 'VerifiedExampleList' });

const exampleResultSchema = z
  .object({
    exampleId: uuid(),
    question: z.string(),
    outcome: z.enum(EXAMPLE_OUTCOMES),
    expectedRows: z.int(),
    rowCount: z.int().nullable(),
    addedColumns: z.array(z.string()),
    removedColumns: z.array(z.string()),
    error: errorRecordSchema.nullable(),
    durationMs: z.number(),
  })
  .meta({ id: 'ExampleResult' }) satisfies z.ZodType<ExampleResult>;

const exampleRunSchema = z
  .object({
    id: uuid(),
    jobId: z.string(),
    status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
    reason: z.enum(EXAMPLE_RUN_REASONS),
    counts: z.object({
      same: z.int(),
      rows_changed: z.int(),
      columns_changed: z.int(),
      failed: z.int(),
    }),
    differences: z.array(exampleResultSchema),
    createdAt: timestamp(),
  })
  .meta({ id: 'ExampleRun' }) satisfies z.ZodType<ExampleRun>;

export const exampleRunListSchema = z
  .object({ runs: z.array(exampleRunSchema) })
  .meta({ id: 'ExampleRunList' });

export const acceptedExampleRunSchema = z
  .object({
    id: uuid(),
    jobId: z.string(),
    status: z.string(),
    links: z.object({ runs: z.string(), job: z.string(), events: z.string() }),
  })
  .meta({ id: 'AcceptedExampleRun' });
