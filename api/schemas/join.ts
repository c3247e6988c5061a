import { z } from 'zod';
import type { SchemaJoin } from '../../contracts/schema-joins.js';
import { text } from './text.js';

const table = text().trim().min(1).max(400);
const columns = z.array(text().min(1).max(200)).min(1).max(32);

const ends = {
  fromTable: z.string(),
  fromColumns: z.array(z.string()),
  toTable: z.string(),
  toColumns: z.array(z.string()),
};
const joinSchema = z
  .object({
    ...ends,
    source: z.enum(['declared', 'inferred', 'given']),
    confidence: z.number().meta({ description: '0 to 1, how likely an inferred one is right.' }),
    evidence: z.array(z.string()),
    decision: z.enum(['accepted', 'rejected']).nullable(),
  })
  .meta({ id: 'SchemaJoin' }) satisfies z.ZodType<SchemaJoin>;

export const joinListSchema = z
  .object({ joins: z.array(joinSchema), truncated: z.boolean() })
  .meta({ id: 'SchemaJoinList' });

export const listJoinsQuery = z.object({
  table: text().max(400).optional().meta({ description: 'Canonical name: joins from and to it.' }),
  source: z.enum(['declared', 'inferred', 'given']).optional(),
  limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
});

export const putJoinsBody = z
  .strictObject({
    joins: z
      .array(
        z
          .strictObject({
            fromTable: table,
            fromColumns: columns,
            toTable: table,
            toColumns: columns,
            decision: z
              .enum(['accepted', 'rejected'])
              .nullable()
              .meta({ description: 'null takes a decision back.' }),
          })
          .refine(
            (join) => join.fromColumns.length === join.toColumns.length,
            'needs as many columns on both ends',
          ),
      )
      .min(1)
      .max(1_000),
  })
  .meta({ id: 'PutJoins' });
