import { z } from 'zod';
import {
  CLEANING_LIMITS,
  type CleaningPlan,
  type DatasetVersionEntry,
  type StepEffect,
  type StepProblem,
} from '../../contracts/cleaning.js';
import { cleaningRecipeSchema, cleaningStepSchema } from '../../platform/cleaning-schema.js';
import { datasetSchema } from './dataset.js';
import { errorRecordSchema } from './problem.js';
import { timestamp, uuid } from './text.js';

const cell = z.object({ row: z.int(), before: z.string().nullable(), after: z.string().nullable() });

const effectSchema = z
  .object({
    rowsRemoved: z.int(),
    removedRows: z
      .array(
        z.object({
          row: z.int(),
          cells: z.array(z.object({ column: z.string(), text: z.string().nullable() })),
        }),
      )
      .meta({ description: 'The first of them, with their first cells.' }),
    cellsChanged: z.int(),
    cellsLost: z.int().meta({ description: 'Cells that held something and hold nothing afterwards.' }),
    columns: z.array(
      z.object({
        column: z.string(),
        changed: z.int(),
        lost: z.int(),
        examples: z.array(cell),
        lostExamples: z.array(cell),
      }),
    ),
    columnsAdded: z.array(z.string()),
    columnsRemoved: z.array(z.string()),
    facts: z
      .array(z.object({ column: z.string(), what: z.string(), value: z.string().nullable() }))
      .meta({ description: 'Figures found in the data for the step: medians, modes, quartiles.' }),
  })
  .meta({ id: 'CleaningStepEffect' }) satisfies z.ZodType<StepEffect>;

const problemSchema = z.object({
  step: z.int(),
  column: z.string().optional(),
  reason: z.enum(['missing-column', 'wrong-type', 'name-taken', 'bad-value', 'misfits']),
  message: z.string(),
}) as z.ZodType<StepProblem>;

const status = () => z.enum(['proposed', 'accepted', 'rejected']);

const findingSchema = z.object({
  level: z.enum(['warning', 'notice']),
  kind: z.string(),
  column: z.string().optional(),
  message: z.string(),
  count: z.int(),
  rows: z.array(z.int()).optional(),
  examples: z.array(z.string()).optional(),
});

export const cleaningPlanSchema = z
  .object({
    id: uuid(),
    datasetId: uuid(),
    versionId: uuid(),
    jobId: z.string(),
    revision: z.int(),
    isPreviewed: z
      .boolean()
      .meta({ description: 'Whether the effects are those of the steps as they stand.' }),
    steps: z.array(
      z.object({
        id: uuid(),
        step: cleaningStepSchema,
        status: status(),
        origin: z.enum(['rule', 'model', 'person']),
        reason: z.string(),
        recommended: z.boolean(),
        effect: effectSchema.optional(),
        problem: problemSchema.optional(),
      }),
    ),
    unhandled: z.array(findingSchema).meta({ description: 'Warnings of the profile that no step mends.' }),
    model: z
      .object({
        name: z.string(),
        proposed: z.int(),
        refused: z.array(z.object({ step: z.string(), message: z.string() })),
        error: errorRecordSchema.optional(),
      })
      .nullable(),
    createdAt: timestamp(),
  })
  .meta({ id: 'CleaningPlan' }) as z.ZodType<CleaningPlan>;

export const cleaningPlanBody = z
  .strictObject({
    recipe: cleaningRecipeSchema
      .optional()
      .meta({ description: 'Begin with these steps; nothing is proposed then.' }),
    askModel: z
      .boolean()
      .default(true)
      .meta({ description: 'Where there is a language model, ask it for more steps.' }),
  })
  .meta({ id: 'NewCleaningPlan' });

export const cleaningPlanEditBody = z
  .strictObject({
    revision: z.int().meta({ description: 'Of the plan as you read it.' }),
    steps: z
      .array(
        z.strictObject({
          id: uuid().optional().meta({ description: 'Of a step of the plan; absent for a new one.' }),
          step: cleaningStepSchema.optional().meta({ description: 'Absent: as it is.' }),
          status: status(),
        }),
      )
      .max(CLEANING_LIMITS.steps)
      .meta({ description: 'All steps in the new order; one that is left out is removed.' }),
  })
  .meta({ id: 'CleaningPlanEdit' });

const jobLinks = z.object({ job: z.string(), events: z.string() });

export const acceptedPlanSchema = z
  .object({ plan: cleaningPlanSchema, jobId: z.string(), links: jobLinks.extend({ plan: z.string() }) })
  .meta({ id: 'AcceptedCleaningPlan' });

export const cleaningBody = z
  .union([
    z.strictObject({
      planId: uuid(),
      take: z.enum(['accepted', 'recommended', 'all']).default('accepted').meta({
        description: 'Besides the accepted steps: those recommended, or all that were not rejected.',
      }),
    }),
    z.strictObject({ recipe: cleaningRecipeSchema }),
  ])
  .meta({ id: 'CleaningRequest' });

export const acceptedCleaningSchema = z
  .object({ versionId: uuid(), jobId: z.string(), links: jobLinks.extend({ dataset: z.string() }) })
  .meta({ id: 'AcceptedCleaning' });

export const datasetVersionsSchema = z
  .object({
    versions: z.array(
      z.object({
        id: uuid(),
        number: z.int(),
        isActive: z.boolean(),
        rowCount: z.int(),
        columns: datasetSchema.shape.version.unwrap().shape.columns,
        cleaning: z
          .object({
            sourceVersionId: uuid(),
            recipe: cleaningRecipeSchema,
            rowsBefore: z.int(),
            effects: z.array(effectSchema),
          })
          .nullable()
          .meta({ description: 'How it was made from another version; null for one read from the file.' }),
        createdAt: timestamp(),
      }) satisfies z.ZodType<DatasetVersionEntry>,
    ),
  })
  .meta({ id: 'DatasetVersions' });

export const activeVersionBody = z.strictObject({ versionId: uuid() }).meta({ id: 'ActiveVersion' });

export { cleaningRecipeSchema };
