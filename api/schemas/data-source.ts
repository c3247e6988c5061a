import { z } from 'zod';
import {
  DATA_SOURCE_KINDS,
  type DataSource,
  type QuerySettings,
  type ReindexSchedule,
} from '../../contracts/data-source.js';
import { text, timestamp, uuid } from './text.js';

const CRON_FIELD = /^[\d*,/A-Za-z-]+$/;
const isCron = (expression: string): boolean => {
  const fields = expression.trim().split(/\s+/);
  return fields.length === 5 && fields.every((field) => CRON_FIELD.test(field));
};

export const cron = text()
  .max(100)
  .refine(isCron, 'must be a cron expression of five fields')
  .meta({ description: 'Five-field cron expression, in UTC.', example: '0 3 * * *' });
export const everyMinutes = z.int().min(1).max(525_600);

export const reindexScheduleSchema = z
  .object({ cron: cron.optional(), everyMinutes: everyMinutes.optional() })
  .meta({
    id: 'ReindexSchedule',
    description: 'Exactly one of the two is set.',
  }) satisfies z.ZodType<ReindexSchedule>;

export const putScheduleBody = z
  .strictObject({ cron: cron.optional(), everyMinutes: everyMinutes.optional() })
  .refine(
    (schedule) => (schedule.cron === undefined) !== (schedule.everyMinutes === undefined),
    'needs exactly one of cron and everyMinutes',
  )
  .meta({ id: 'PutSchedule', description: 'Exactly one of the two.' });

const limit = (description: string) =>
  z
    .number()
    .min(0)
    .max(1e15)
    .optional()
    .meta({ description: `${description} 0 means no limit.` });
const querySettingsShape = {
  maxCost: limit(
    'The total cost that EXPLAIN may give a query, in the units of the database. Left out: as the operator has set it.',
  ),
  maxRows: limit('The number of result rows that EXPLAIN may expect. Left out: no limit.'),
  allowedFunctions: z
    .array(
      text()
        .trim()
        .regex(/^[\p{L}_][\p{L}\p{N}_$]*(\.[\p{L}_][\p{L}\p{N}_$]*)?$/u, 'must be a name, or schema.name')
        .max(130),
    )
    .max(200)
    .optional()
    .meta({
      description:
        'Functions that queries may call besides the built-in list, as they are called: `similarity`, `geo.distance`. Only add what reads and returns at once.',
    }),
};

export const querySettingsSchema = z
  .object(querySettingsShape)
  .meta({ id: 'QuerySettings' }) satisfies z.ZodType<QuerySettings>;
export const putQuerySettingsBody = z.strictObject(querySettingsShape).meta({ id: 'PutQuerySettings' });

export const dataSourceSchema = z
  .object({
    id: uuid(),
    name: z.string(),
    kind: z.enum(DATA_SOURCE_KINDS).meta({ description: '`mysql` is MySQL or MariaDB.' }),
    status: z.enum(['new', 'indexing', 'ready', 'failed']),
    address: z
      .string()
      .meta({ description: 'Without the password.', example: 'reader@db.example:5432/shop' }),
    includeSchemas: z.array(z.string()),
    tables: z.int().nullable(),
    columns: z.int().nullable(),
    indexedAt: timestamp().nullable(),
    refusedItems: z
      .object({ count: z.int(), names: z.array(z.string()) })
      .optional()
      .meta({
        description:
          'Tables and columns that the embedding model refused: they are found by words alone. The first 100 by name.',
      }),
    schedule: reindexScheduleSchema.nullable(),
    querySettings: querySettingsSchema,
    createdAt: timestamp(),
  })
  .meta({ id: 'DataSource' }) satisfies z.ZodType<DataSource>;

export const dataSourceListSchema = z
  .object({ dataSources: z.array(dataSourceSchema) })
  .meta({ id: 'DataSourceList' });

export const createDataSourceBody = z
  .strictObject({
    name: text().trim().min(1).max(100),
    kind: z
      .enum(DATA_SOURCE_KINDS)
      .optional()
      .meta({ description: 'Told by the connection string; if given, it must agree with that.' }),
    connectionString: text().min(1).max(2_000).meta({
      description:
        '`postgres://user:password@host:port/database`, or the same with `mysql://` or `mariadb://`. Kept encrypted and never shown again.',
      format: 'password',
    }),
    includeSchemas: z
      .array(text().trim().min(1).max(64))
      .max(200)
      .default([])
      .meta({ description: 'Schemas to index; empty means all that the user can see.' }),
  })
  .meta({ id: 'CreateDataSource' });
