import { z } from 'zod';
import { LIMITS } from '../../contracts/limits.js';
import type { AnswerWarning, Chart } from '../../contracts/presentation.js';
import type {
  Answer,
  AskedTable,
  ChoiceRequest,
  ChosenTable,
  Conversation,
  Question,
  RowsPage,
  RunOf,
} from '../../contracts/question.js';
import { MAPPING_LIMITS } from '../../contracts/schema-mapping.js';
import { errorRecordSchema } from './problem.js';
import { text, timestamp, uuid } from './text.js';

/** Empty and too long questions have codes of their own, so they pass here. */
export const askQuestionBody = z
  .strictObject({
    dataSourceId: text().optional().meta({ format: 'uuid' }),
    datasetIds: z.array(text()).min(1).max(LIMITS.questionTables).optional().meta({
      description:
        'Instead of a data source: one or several datasets, in the versions that are on. The SQL is DuckDB’s; each dataset is a table named after it.',
    }),
    resultOf: z.array(text()).min(1).max(LIMITS.questionTables).optional().meta({
      description:
        'Questions whose kept rows are tables too, beside the datasets or alone: what was shown, not run again.',
    }),
    question: text().meta({
      description: `At most ${LIMITS.questionChars} characters.`,
      example: 'How many orders were placed last month?',
    }),
    area: text().trim().min(1).max(MAPPING_LIMITS.nameChars).nullable().optional().meta({
      description:
        'Name of a subject area of the data source: no other tables are chosen for the answer. Left out: that of the question before in its conversation. `null`: all of the data source.',
    }),
    conversationId: text().optional().meta({
      format: 'uuid',
      description:
        'The conversation that the question goes on with (or any question of it): "only for March" is then read as a change of the question before.',
    }),
    ifAmbiguous: z.enum(['ask', 'refuse']).default('ask').meta({
      description:
        'What becomes of a question with several readings: it waits for your choice, for up to seven days, or is refused as `ambiguous_question` with the readings in the details.',
    }),
    maxAgeSeconds: z.int().min(0).max(LIMITS.maxAnswerAgeSeconds).optional().meta({
      description:
        'How old an answer to the same question may be to be given again; 0: the query runs anew. Default: the setting.',
    }),
  })
  .refine((body) => (body.dataSourceId === undefined) !== !(body.datasetIds ?? body.resultOf), {
    message: 'Send either dataSourceId, or datasetIds and resultOf or one of them.',
  })
  .refine((body) => body.area == null || body.dataSourceId !== undefined, {
    message: 'area: only data sources have subject areas.',
  })
  .meta({ id: 'AskQuestion' });

const STATUSES = ['queued', 'running', 'waiting', 'answered', 'refused', 'failed', 'cancelled'] as const;

export const replyBody = z
  .strictObject({
    choice: z.int().min(1).max(LIMITS.readings).optional().meta({
      description: 'The number of the reading that is meant; 1 is the first.',
    }),
    text: text()
      .min(1)
      .max(LIMITS.readingChars)
      .optional()
      .meta({ description: 'What is meant, in your own words, when none of the readings is.' }),
  })
  .refine((body) => (body.choice === undefined) !== (body.text === undefined), {
    message: 'Send either choice or text.',
  })
  .meta({ id: 'Reply' });

export const runBody = z
  .strictObject({
    sql: text()
      .min(1)
      .max(LIMITS.sqlChars)
      .meta({ description: "One SELECT; it goes through the same guard as a model's." }),
  })
  .meta({ id: 'Run' });

const runSchema = z
  .object({ questionId: uuid(), kind: z.enum(['edit', 'schedule']), authorId: uuid() })
  .meta({
    id: 'RunOf',
    description: 'Of which question this is another run, why, and by whom. The earlier answer stays.',
  }) satisfies z.ZodType<RunOf>;

const choiceSchema = z
  .object({
    round: z.int(),
    readings: z.array(z.string()),
    requestedAt: timestamp(),
    chosen: z.string().nullable(),
  })
  .meta({
    id: 'ChoiceRequest',
    description: 'The question back to its reader: which of several readings is meant.',
  }) satisfies z.ZodType<ChoiceRequest>;

const resultColumn = z
  .object({ name: z.string(), type: z.string().meta({ example: 'numeric' }) })
  .meta({ id: 'ResultColumn' });

const chartSchema = z
  .object({
    kind: z.enum(['line', 'bar', 'grouped-bar', 'heatmap', 'scatter', 'histogram']),
    spec: z.record(z.string(), z.unknown()).meta({ description: 'Vega-Lite 6 with inline data.' }),
    columns: z
      .object({ x: z.int(), y: z.array(z.int()), series: z.int().optional() })
      .meta({ description: 'Columns of the result, by index from 0.' }),
    note: z.string().optional().meta({ description: 'What the picture leaves out.' }),
  })
  .meta({ id: 'Chart' }) satisfies z.ZodType<Chart>;

const warningSchema = z
  .object({
    code: z.enum([
      'truncated',
      'empty_result',
      'value_not_found',
      'fan_out_join',
      'join_leaves_out',
      'ties_cut_off',
      'subtotal_rows',
      'mixed_units',
      'integer_division',
      'nulls_left_out',
      'partial_period',
    ]),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'AnswerWarning' }) satisfies z.ZodType<AnswerWarning>;

export const chosenTableSchema = z
  .object({
    canonicalTableName: z.string(),
    rank: z.number(),
    score: z.number(),
    reasons: z.array(z.string()).meta({ description: 'Why it was chosen.' }),
    legs: z
      .object({ words: z.number().optional(), vector: z.number().optional(), value: z.number().optional() })
      .optional()
      .meta({ description: 'What each way of looking gave it.' }),
  })
  .meta({ id: 'ChosenTable' }) satisfies z.ZodType<ChosenTable>;

const answerSchema = z
  .object({
    sql: z.string(),
    columns: z.array(resultColumn),
    rowCount: z.int(),
    truncated: z.boolean().meta({ description: 'There were more rows or bytes than are kept.' }),
    tables: z.array(chosenTableSchema),
    model: z.object({ provider: z.enum(['built-in', 'openai-compatible', 'person']), name: z.string() }),
    interpretation: z.string().nullable(),
    chart: chartSchema
      .nullable()
      .meta({ description: 'Chosen by the shape of the result; null where the rows say it better.' }),
    explanation: z.string().nullable().meta({
      description: 'One to three sentences. Each number in them is a cell of the result.',
    }),
    warnings: z.array(warningSchema).meta({
      description: 'Known traps that this result may have fallen into.',
    }),
    timings: z.array(
      z.object({
        step: z.enum(['context', 'model', 'reader', 'guard', 'explain', 'query', 'store', 'other']),
        durationMs: z.number(),
      }),
    ),
    repairs: z.int(),
    answeredAt: timestamp(),
  })
  .meta({ id: 'Answer' }) satisfies z.ZodType<Answer>;

const askedTableSchema = z
  .union([
    z.object({ name: z.string(), datasetId: uuid(), versionId: uuid() }),
    z.object({ name: z.string(), resultOf: uuid() }),
  ])
  .meta({
    id: 'AskedTable',
    description: 'A dataset in one version, or the rows of another question, under the name in the SQL.',
  }) satisfies z.ZodType<AskedTable>;

export const questionSchema = z
  .object({
    id: uuid(),
    jobId: z.string(),
    dataSourceId: uuid().nullable().meta({ description: 'Null for a question about datasets.' }),
    tables: z
      .array(askedTableSchema)
      .optional()
      .meta({ description: 'What a question about datasets is asked of.' }),
    conversationId: uuid()
      .optional()
      .meta({ description: 'Its own id, unless it follows another question.' }),
    text: z.string(),
    area: z.string().optional().meta({ description: 'Name of the subject area that it keeps to.' }),
    status: z.enum(STATUSES),
    answer: answerSchema.nullable(),
    error: errorRecordSchema.nullable(),
    cachedFrom: uuid().nullable().meta({
      description:
        'The question whose answer this is, when it came from the cache or is being made for several at once.',
    }),
    choice: choiceSchema.optional(),
    run: runSchema.optional(),
    createdAt: timestamp(),
    finishedAt: timestamp().nullable(),
  })
  .meta({ id: 'Question' }) satisfies z.ZodType<Question>;

export const acceptedQuestionSchema = z
  .object({
    id: uuid(),
    jobId: z.string(),
    status: z.enum(STATUSES),
    choice: choiceSchema.optional(),
    links: z.object({
      question: z.string(),
      rows: z.string(),
      job: z.string(),
      events: z.string(),
      reply: z.string().optional().meta({ description: 'While it waits for a choice.' }),
    }),
  })
  .meta({ id: 'AcceptedQuestion' });

const conversationSchema = z
  .object({
    id: uuid(),
    dataSourceId: uuid().nullable().meta({ description: 'Null for a conversation about datasets.' }),
    title: z.string().meta({ description: 'The first question.' }),
    questions: z.int(),
    createdAt: timestamp(),
    lastAskedAt: timestamp(),
  })
  .meta({ id: 'Conversation' }) satisfies z.ZodType<Conversation>;

export const conversationListSchema = z
  .object({ conversations: z.array(conversationSchema) })
  .meta({ id: 'ConversationList' });

export const conversationWithTurnsSchema = z
  .object({ ...conversationSchema.shape, turns: z.array(questionSchema) })
  .meta({ id: 'ConversationWithTurns' });

export const runListSchema = z.object({ runs: z.array(questionSchema) }).meta({ id: 'RunList' });

export const rowsPageSchema = z
  .object({
    columns: z.array(resultColumn),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))).meta({
      description:
        'Numbers that JSON clients may round (int8, numeric) and dates are strings, as the database prints them.',
    }),
    nextCursor: z.string().optional().meta({ description: 'Absent on the last page.' }),
  })
  .meta({ id: 'RowsPage' }) satisfies z.ZodType<RowsPage>;
