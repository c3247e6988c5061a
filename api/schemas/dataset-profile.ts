import { z } from 'zod';
import type {
  ColumnProfile,
  DateFigures,
  Finding,
  NumberFigures,
  OutlierFigures,
  PartialProfile,
  ProfileState,
  QuantileFigures,
  SemanticFigures,
  TextFigures,
} from '../../contracts/dataset-profile.js';
import { LIMITS } from '../../contracts/limits.js';
import { jobSchema } from './job.js';
import { errorRecordSchema } from './problem.js';
import { timestamp, uuid } from './text.js';

export const profileColumnsQuery = z.object({
  from: z.coerce.number().int().min(0).default(0).meta({ description: 'Place of the first column, from 0.' }),
  limit: z.coerce.number().int().min(1).max(LIMITS.profileColumns).default(LIMITS.profileColumns),
});

const stateSchema = z
  .object({
    id: uuid(),
    versionId: uuid().meta({ description: 'Whose data it is; another version may have the same.' }),
    jobId: z.string(),
    status: jobSchema.shape.status,
    error: errorRecordSchema.nullable(),
    columnsDone: z.int(),
    columnsTotal: z.int(),
    createdAt: timestamp(),
    finishedAt: timestamp().nullable(),
    cachedUntil: timestamp().nullable().meta({ description: 'Until then it is not made again.' }),
  })
  .meta({ id: 'ProfileState' }) satisfies z.ZodType<ProfileState>;

export const startedProfileSchema = z
  .object({
    profile: stateSchema,
    links: z.object({ profile: z.string(), page: z.string(), job: z.string(), events: z.string() }),
  })
  .meta({ id: 'StartedProfile' });

const valueCount = z.object({ text: z.string(), count: z.number(), firstRow: z.number() });
/** Figures by name; docs/profile.md defines each. */
const figures = <Figures>() => z.looseObject({}) as unknown as z.ZodType<Figures>;

const columnSchema = z
  .object({
    index: z.int(),
    name: z.string(),
    type: z.string(),
    kind: z.enum(['number', 'boolean', 'temporal', 'text', 'other']),
    rows: z.number(),
    nulls: z.number(),
    distinct: z.number(),
    unique: z.number().nullable(),
    min: z.string().nullable(),
    max: z.string().nullable(),
    sortiness: z.number().nullable(),
    sortOrder: z.enum(['ascending', 'descending', 'unsorted']).nullable(),
    top: z.array(valueCount),
    rare: z.array(valueCount),
    mode: z.object({ count: z.number(), occurrences: z.number() }),
    antimode: z.object({ count: z.number(), occurrences: z.number() }),
    numbers: figures<NumberFigures>().optional(),
    quantiles: figures<QuantileFigures>().optional(),
    text: figures<TextFigures>().optional(),
    histogram: z.array(z.object({ from: z.number(), to: z.number(), count: z.number() })).optional(),
    outliers: figures<OutlierFigures>().optional(),
    dates: figures<DateFigures>().optional(),
    semantic: figures<SemanticFigures>().optional(),
    similar: z.array(z.object({ kind: z.enum(['variant', 'typo']), values: z.array(valueCount) })).optional(),
    approximate: z
      .record(
        z.string(),
        z.object({
          method: z.string(),
          relativeError: z.number().optional(),
          rankError: z.number().optional(),
          absoluteError: z.number().optional(),
          missedShare: z.number().optional(),
        }),
      )
      .optional()
      .meta({
        description:
          'Figures that are estimates, with their standard error where it is known: of the figure, or of a quantile’s rank.',
      }),
    fingerprint: z.string(),
  })
  .meta({ id: 'ColumnProfile' }) satisfies z.ZodType<ColumnProfile>;

const findingSchema = z.object({
  level: z.enum(['warning', 'notice']),
  kind: z.string() as unknown as z.ZodType<Finding['kind']>,
  column: z.string().optional(),
  message: z.string(),
  count: z.number(),
  rows: z.array(z.number()).optional(),
  examples: z.array(z.string()).optional(),
});

const profileSchema = z.object({
  version: z.literal(1).optional(),
  rows: z.number().optional(),
  duplicateRows: z.number().optional(),
  emptyRows: z.number().optional(),
  candidateKeys: z.array(z.array(z.string())).optional(),
  dependencies: z.array(z.object({ determinant: z.array(z.string()), dependent: z.string() })).optional(),
  associations: z
    .array(
      z.object({
        left: z.string(),
        right: z.string(),
        measure: z.enum(['pearson', 'spearman', 'cramers-v', 'correlation-ratio']),
        value: z.number(),
        rows: z.number(),
      }),
    )
    .optional(),
  columns: z.array(columnSchema),
  findings: z.array(findingSchema),
}) satisfies z.ZodType<PartialProfile>;

export const datasetProfileSchema = z
  .object({ ...stateSchema.shape, profile: profileSchema })
  .meta({ id: 'DatasetProfile' });
