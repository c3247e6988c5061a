import { z } from 'zod';
import {
  DESCRIPTION_LIMITS,
  MAPPING_KINDS,
  MAPPING_LIMITS,
  MAPPING_ORIGINS,
  MAPPING_STATUSES,
  type MappingContent,
  type MappingIssue,
  type MappingReport,
} from '../../contracts/schema-mapping.js';
import { text, timestamp, uuid } from './text.js';

const said = (max: number) => text().trim().min(1).max(max);
const target = said(400).meta({
  description:
    'A table or a column by canonical name; case does not count, and the schema may be left out where one fits.',
  example: 'public.orders.total_usd',
});
const note = said(MAPPING_LIMITS.textChars);
const tables = z.array(said(400)).max(20);

const contentOptions = [
  z.strictObject({ kind: z.literal('synonym'), target, text: said(MAPPING_LIMITS.synonymChars) }),
  z.strictObject({ kind: z.literal('description'), target, text: note }),
  z.strictObject({
    kind: z.literal('metric'),
    name: said(MAPPING_LIMITS.nameChars),
    expression: said(MAPPING_LIMITS.expressionChars).meta({ example: 'sum(total_usd - refunded_usd)' }),
    tables: tables.min(1),
    text: note.optional(),
  }),
  z.strictObject({
    kind: z.literal('example'),
    question: said(MAPPING_LIMITS.textChars),
    sql: said(MAPPING_LIMITS.expressionChars).regex(/^\s*(select|with)\b/i, 'must be a SELECT'),
    tables: tables.optional().meta({ description: 'Left out, they are read from the SQL.' }),
  }),
  z.strictObject({ kind: z.literal('instruction'), text: note }),
  z.strictObject({ kind: z.literal('pin'), target }),
  z.strictObject({
    kind: z.literal('exclude'),
    target: said(400).meta({ description: 'A table or a schema.' }),
  }),
  z.strictObject({
    kind: z.literal('area'),
    name: said(MAPPING_LIMITS.nameChars),
    members: z
      .array(said(400))
      .min(1)
      .max(MAPPING_LIMITS.members)
      .meta({ description: 'Tables and schemas.' }),
    text: note.optional(),
  }),
] as const;

const mappingContentSchema = z
  .discriminatedUnion('kind', contentOptions)
  .meta({ id: 'MappingContent' }) satisfies z.ZodType<MappingContent>;

export const putMappingsBody = z
  .strictObject({ mappings: z.array(mappingContentSchema).min(1).max(MAPPING_LIMITS.entries) })
  .meta({ id: 'PutMappings' });

export const describeSchemaBody = z
  .strictObject({
    tables: z.array(said(400)).min(1).max(DESCRIPTION_LIMITS.tables).optional().meta({
      description: 'Only these. Default: all, and of tables alike but for numbers in their names the newest.',
    }),
    maxTables: z.int().min(1).max(DESCRIPTION_LIMITS.tables).default(DESCRIPTION_LIMITS.defaultTables),
  })
  .meta({ id: 'DescribeSchema' });
export const acceptedDescriptionsSchema = z
  .object({
    jobId: z.string(),
    links: z.object({ job: z.string(), events: z.string(), proposals: z.string() }),
  })
  .meta({ id: 'AcceptedDescriptions' });

const about = {
  id: uuid(),
  status: z.enum(MAPPING_STATUSES),
  origin: z.enum(MAPPING_ORIGINS),
  createdAt: timestamp(),
  updatedAt: timestamp(),
};
export const mappingSchema = z
  .object({ ...about, kind: z.enum(MAPPING_KINDS) })
  .catchall(z.unknown())
  .meta({
    id: 'SchemaMapping',
    description: 'The fields of its kind (see MappingContent), and who said it and whether it counts.',
  });

export const mappingListSchema = z
  .object({
    mappings: z.array(mappingSchema),
    nextAfter: uuid()
      .optional()
      .meta({ description: 'Send it as `after` for the next page; absent on the last.' }),
  })
  .meta({ id: 'SchemaMappingList' });

export const listMappingsQuery = z.object({
  kind: z.enum(MAPPING_KINDS).optional(),
  status: z.enum(MAPPING_STATUSES).optional(),
  table: text()
    .max(400)
    .optional()
    .meta({ description: 'Canonical name: what is said about it and its columns.' }),
  after: uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});

export const mappingParams = z.object({ id: uuid(), mappingId: uuid() });
export const putMappingStatusBody = z
  .strictObject({ status: z.enum(['accepted', 'rejected']) })
  .meta({ id: 'PutMappingStatus' });

const issueSchema = z.object({
  index: z.int().optional(),
  name: z.string(),
  reason: z.string(),
  nearest: z.array(z.string()),
}) satisfies z.ZodType<MappingIssue>;

export const mappingReportSchema = z
  .object({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    unmatched: z.array(issueSchema),
  })
  .meta({ id: 'MappingReport' }) satisfies z.ZodType<MappingReport>;

export const importReportSchema = mappingReportSchema
  .extend({
    matchedTables: z.int(),
    joins: z.int().meta({ description: 'Joins of relationship tests, accepted.' }),
  })
  .meta({ id: 'MappingImportReport' });

export const importMappingsBody = z
  .strictObject({
    document: z.union([z.string(), z.record(z.string(), z.unknown())]).meta({
      description: 'The file’s text (JSON or YAML), or the JSON itself.',
    }),
  })
  .meta({ id: 'ImportMappings' });
