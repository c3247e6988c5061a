import { z } from 'zod';
import {
  CLEANING_LIMITS,
  type CleaningRecipe,
  type CleaningStep,
  RECIPE_FORMAT,
  type RowCondition,
} from '../contracts/cleaning.js';

// What a person sends (api/) and what a model proposes (activities/) are checked by the same schemas; both rooms may import this one.

const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Text that Postgres and DuckDB can hold. */
const text = (least = 0, most: number = CLEANING_LIMITS.textChars) =>
  z
    .string()
    .min(least)
    .max(most)
    .refine(
      (value) => !value.includes('\0') && !LONE_SURROGATE.test(value),
      'must be well-formed text without NUL',
    );
const name = () => text(1, 500).meta({ description: 'Name of a column.', example: 'price' });
const names = () => z.array(name()).min(1).max(CLEANING_LIMITS.namesPerStep);
const words = () => z.array(text()).min(1).max(CLEANING_LIMITS.valuesPerStep);
const misfits = () =>
  z.enum(['null', 'keep-text', 'refuse']).default('null').meta({
    description:
      'Cells without an exact value: NULL and listed, kept as text (the column stays text), or the job fails and names them.',
  });
const scale = () => z.int().min(0).max(18).optional();
const decimal = () => z.enum(['.', ',']).default('.');
const thousands = () => z.enum(['', ',', '.', ' ', "'"]).default('');
const finite = () => z.number().refine(Number.isFinite, 'must be a finite number');

const leaf = z.union([
  z.strictObject({ column: name(), is: z.enum(['missing', 'not-missing']) }),
  z.strictObject({
    column: name(),
    is: z.enum(['equal-to', 'not-equal-to', 'less-than', 'at-most', 'greater-than', 'at-least']),
    value: z.union([text(), finite(), z.boolean()]),
  }),
  z.strictObject({
    column: name(),
    is: z.enum(['one-of', 'not-one-of']),
    values: z
      .array(z.union([text(), finite()]))
      .min(1)
      .max(CLEANING_LIMITS.valuesPerStep),
  }),
  z.strictObject({ column: name(), is: z.enum(['contains', 'starts-with', 'ends-with']), text: text(1) }),
]);
const parts = <Part extends z.ZodType>(part: Part) => z.array(part).min(1).max(50);
const group = z.union([leaf, z.strictObject({ all: parts(leaf) }), z.strictObject({ any: parts(leaf) })]);
const condition = z
  .union([leaf, z.strictObject({ all: parts(group) }), z.strictObject({ any: parts(group) })])
  .meta({ id: 'RowCondition' }) satisfies z.ZodType<RowCondition>;

const step = <Kind extends CleaningStep['kind'], Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(kind), ...shape });

/** One step of a recipe. What it says of the columns is checked by `checkRecipe`. */
export const cleaningStepSchema = z
  .discriminatedUnion('kind', [
    step('trim', { columns: names(), collapse: z.boolean().default(false) }),
    step('change-case', { columns: names(), to: z.enum(['lower', 'upper', 'title']) }),
    step('replace-values', {
      column: name(),
      values: z
        .array(z.strictObject({ from: text(), to: text().nullable() }))
        .min(1)
        .max(CLEANING_LIMITS.valuesPerStep),
    }),
    step('null-words', { columns: names(), words: words() }),
    step('parse-numbers', {
      columns: names(),
      to: z.enum(['integer', 'decimal', 'double']),
      scale: scale(),
      decimal: decimal(),
      thousands: thousands(),
      affixes: z.array(text(1, 50)).max(50).default([]),
      percent: z.enum(['none', 'number', 'fraction']).default('none'),
      misfits: misfits(),
    }),
    step('parse-dates', {
      columns: names(),
      formats: z.array(text(2, 60)).min(1).max(20),
      to: z.enum(['date', 'timestamp']).default('date'),
      misfits: misfits(),
    }),
    step('parse-booleans', { columns: names(), yes: words(), no: words(), misfits: misfits() }),
    step('change-type', {
      columns: names(),
      to: z.enum(['text', 'integer', 'decimal', 'double', 'boolean', 'date', 'timestamp']),
      scale: scale(),
      misfits: misfits(),
    }),
    step('fill-missing', {
      columns: names(),
      with: z.union([
        z.strictObject({ constant: text() }),
        z.strictObject({ statistic: z.enum(['median', 'mode']) }),
        z.strictObject({ forward: z.strictObject({ orderBy: name().optional() }) }),
      ]),
    }),
    step('drop-rows', { where: condition }),
    step('drop-missing', { columns: names().optional(), how: z.enum(['any', 'all']) }),
    step('drop-duplicates', {
      columns: names().optional(),
      keep: z.enum(['first', 'last']).default('first'),
    }),
    step('drop-total-rows', {}),
    step('drop-edge-rows', {}),
    step('drop-repeated-headers', {}),
    step('drop-columns', { columns: names() }),
    step('rename-columns', {
      names: z
        .array(z.strictObject({ from: name(), to: text(1, 200) }))
        .min(1)
        .max(CLEANING_LIMITS.namesPerStep),
    }),
    step('reorder-columns', { columns: names() }),
    step('split-column', {
      column: name(),
      delimiter: text(1, 50),
      into: z.array(text(1, 200)).min(2).max(50),
      keepSource: z.boolean().default(false),
    }),
    step('merge-columns', {
      columns: names().min(2).max(50),
      separator: text(0, 50).default(' '),
      into: text(1, 200),
      keepSources: z.boolean().default(false),
    }),
    step('convert-units', {
      column: name(),
      units: z
        .array(z.strictObject({ unit: text(0, 50), factor: finite() }))
        .min(1)
        .max(50),
      decimal: decimal(),
      thousands: thousands(),
      misfits: misfits(),
    }),
    step('cap-outliers', {
      columns: names(),
      lower: finite().optional(),
      upper: finite().optional(),
      fences: finite().min(0.1).max(100).optional(),
      treat: z.enum(['cap', 'null']).default('cap'),
    }),
    step('mask', {
      columns: names(),
      method: z.enum(['hash', 'redact']),
      salt: text(0, 200).optional(),
      keepLast: z.int().min(0).max(8).optional(),
    }),
  ])
  .meta({ id: 'CleaningStep' }) satisfies z.ZodType<CleaningStep>;

export const cleaningRecipeSchema = z
  .strictObject({
    format: z.literal(RECIPE_FORMAT),
    version: z.literal(1),
    columns: z
      .array(z.object({ name: z.string(), type: z.string() }))
      .optional()
      .meta({ description: 'What it was made for; for people.' }),
    steps: z.array(cleaningStepSchema).min(1).max(CLEANING_LIMITS.steps),
  })
  .meta({ id: 'CleaningRecipe' }) satisfies z.ZodType<CleaningRecipe>;
