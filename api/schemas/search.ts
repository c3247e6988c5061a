import { z } from 'zod';
import { MAPPING_KINDS, MAPPING_LIMITS } from '../../contracts/schema-mapping.js';
import type { ForeignKey } from '../../contracts/schema-registry.js';
import { type FoundTable, SEARCH_LIMITS, type SearchResult } from '../../contracts/schema-search.js';
import { chosenTableSchema } from './question.js';
import { text } from './text.js';

export const searchSchemaBody = z
  .strictObject({
    query: text()
      .trim()
      .min(1)
      .max(SEARCH_LIMITS.queryChars)
      .meta({ description: 'A question or some words.', example: 'revenue by region' }),
    area: text()
      .trim()
      .min(1)
      .max(MAPPING_LIMITS.nameChars)
      .optional()
      .meta({ description: 'Name of a subject area; tables outside of it are not found.' }),
    limit: z.int().min(1).max(SEARCH_LIMITS.tables).optional().meta({
      description:
        'Ranked tables at most; those that only connect them come on top. Left out: what a question would get.',
    }),
  })
  .meta({ id: 'SearchSchema' });

const foundTableSchema = chosenTableSchema
  .extend({
    kind: z.string(),
    comment: z.string().nullable().meta({ description: 'As people describe it, else as the database does.' }),
    estimatedRows: z.number().nullable(),
    columnCount: z.int(),
    columns: z
      .array(
        z.object({
          name: z.string(),
          dataType: z.string(),
          comment: z.string().nullable(),
          values: z.array(z.string()),
        }),
      )
      .meta({ description: 'Those that have words of the query in names, comments or values, best first.' }),
    family: z
      .object({ members: z.int(), first: z.string(), last: z.string() })
      .optional()
      .meta({ description: 'Tables alike but for numbers in their names, for which this one stands.' }),
  })
  .meta({ id: 'FoundTable' }) satisfies z.ZodType<FoundTable>;

const joinSchema = z.object({
  name: z.string(),
  fromTable: z.string(),
  fromColumns: z.array(z.string()),
  toTable: z.string(),
  toColumns: z.array(z.string()),
  isInferred: z.boolean().optional(),
}) satisfies z.ZodType<ForeignKey>;

export const searchResultSchema = z
  .object({
    tables: z.array(foundTableSchema),
    joins: z.array(joinSchema).meta({ description: 'Among the found tables.' }),
    values: z
      .record(z.string(), z.array(z.string()))
      .meta({ description: 'Stored values that the query may speak of, by canonical column name.' }),
    mappings: z
      .partialRecord(z.enum(MAPPING_KINDS), z.int())
      .meta({ description: 'How much people said takes part, by kind.' }),
    withoutVectors: z.string().optional().meta({ description: 'Why vectors took no part.' }),
    durationMs: z.number(),
  })
  .meta({ id: 'SearchResult' }) satisfies z.ZodType<SearchResult>;
