import { z } from 'zod';
import type { Job } from '../../contracts/job.js';
import { errorRecordSchema } from './problem.js';
import { timestamp, uuid } from './text.js';

export const jobSchema = z
  .object({
    id: z.string(),
    kind: z.enum([
      'index-source',
      'answer-question',
      'export-result',
      'ingest-dataset',
      'describe-schema',
      'profile-dataset',
      'check-examples',
      'plan-cleaning',
      'clean-dataset',
    ]),
    status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
    subjectId: uuid().meta({ description: 'The data source, question or dataset that it works on.' }),
    progress: z
      .object({
        phase: z.string(),
        done: z.number(),
        total: z.number().optional(),
        unit: z.string(),
        startedAt: timestamp(),
        ratePerSecond: z.number().optional(),
        etaMs: z.number().optional(),
      })
      .nullable(),
    error: errorRecordSchema.nullable(),
    createdAt: timestamp(),
    startedAt: timestamp().nullable(),
    finishedAt: timestamp().nullable(),
  })
  .meta({ id: 'Job' }) satisfies z.ZodType<Job>;

export const jobListSchema = z.object({ jobs: z.array(jobSchema) }).meta({ id: 'JobList' });

/** Shows what a stream of events says; each event is sent as `id: <seq>`, `event: <kind>`, `data: <JSON>`. */
export const eventStreamSchema = z.string().meta({
  id: 'EventStream',
  example:
    'id: 3\nevent: sql.generated\ndata: {"sql":"SELECT …","model":"built-in-translator","attempt":1,"durationMs":2.1}\n\n',
});

export const acceptedIndexingSchema = z
  .object({
    jobId: z.string(),
    status: jobSchema.shape.status,
    links: z.object({ job: z.string(), events: z.string() }),
  })
  .meta({ id: 'AcceptedIndexing' });
