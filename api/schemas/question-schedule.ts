import { z } from 'zod';
import type { QuestionSchedule, ScheduledQuestion } from '../../contracts/question-schedule.js';
import { cron, everyMinutes } from './data-source.js';
import { text, timestamp, uuid } from './text.js';

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

const timeZone = text()
  .max(100)
  .refine(isTimeZone, 'must be the name of a time zone, such as Europe/Berlin')
  .meta({ description: 'Of `cron`, by its IANA name. Default UTC.', example: 'Europe/Berlin' });
const cronInZone = cron.meta({
  description: 'Five-field cron expression. `0 8 * * MON`: every Monday at eight.',
  example: '0 8 * * MON',
});
const shape = {
  cron: cronInZone.optional(),
  everyMinutes: everyMinutes.optional(),
  timeZone: timeZone.optional(),
};

export const putQuestionScheduleBody = z
  .strictObject(shape)
  .refine(
    (schedule) => (schedule.cron === undefined) !== (schedule.everyMinutes === undefined),
    'needs exactly one of cron and everyMinutes',
  )
  .refine(
    (schedule) => schedule.timeZone === undefined || schedule.cron !== undefined,
    'timeZone belongs to cron',
  )
  .meta({
    id: 'PutQuestionSchedule',
    description: 'Exactly one of `cron` and `everyMinutes`.',
  }) satisfies z.ZodType<QuestionSchedule>;

export const scheduledQuestionSchema = z
  .object({
    questionId: uuid(),
    question: z.string(),
    dataSourceId: uuid().nullable().meta({
      description: 'Null for a question about datasets: each run reads the versions that are on then.',
    }),
    sql: z.string().meta({ description: 'What each run runs: the SQL of the answer when it was scheduled.' }),
    ...shape,
    createdAt: timestamp(),
  })
  .meta({ id: 'ScheduledQuestion' }) satisfies z.ZodType<ScheduledQuestion>;
