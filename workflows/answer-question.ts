import { CancellationScope, isCancellation, patched, uuid4 } from '@temporalio/workflow';
import type {
  AnswerActivities,
  GenerationActivities,
  QueryActivities,
} from '../activities/answers/create-answer-activities.js';
import type { RanSql } from '../activities/answers/run-sql.js';
import type { WrittenSql } from '../activities/answers/write-sql.js';
import type { JobActivities } from '../activities/jobs/create-job-activities.js';
import { ERRORS } from '../contracts/errors.js';
import { LIMITS } from '../contracts/limits.js';
import { type ErrorRecord, errorRecord } from '../contracts/quaestor-error.js';
import type { AnswerTiming } from '../contracts/question.js';
import type { AnswerQuestionInput, AnswerQuestionResult } from '../contracts/workflows.js';
import { localActivities, remoteActivities } from './activity-proxies.js';
import { toErrorRecordOf, toWorkflowFailure } from './job-failure.js';
import { enterPhase } from './job-phase.js';
import { listenToReader } from './listen-to-reader.js';
import { startReindex } from './start-reindex.js';

/** What operators read of an indexing that a question started. */
const DRIFT = 'A question met another schema than the indexed one';

/**
 * Answers one question: choose context, write SQL, guard, explain and run, repair, record.
 * A question that cannot be answered ends the workflow well, as `refused`; a fault of a machine fails it.
 */
export async function answerQuestion(input: AnswerQuestionInput): Promise<AnswerQuestionResult> {
  const { endJob } = localActivities<JobActivities>(input.queues);
  const end = async (status: 'failed' | 'cancelled', error?: ErrorRecord, isRefusal?: boolean) =>
    await CancellationScope.nonCancellable(
      async () =>
        await endJob({
          tenantId: input.tenantId,
          jobId: input.jobId,
          kind: 'answer-question',
          subjectId: input.questionId,
          status,
          ...(error ? { error } : {}),
          ...(isRefusal ? { isRefusal } : {}),
        }),
    );
  try {
    const answer = await findAnswer(input);
    if (answer.status === 'answered') return answer;
    await end('failed', answer.error, true);
    return answer;
  } catch (error) {
    if (isCancellation(error)) {
      await end('cancelled');
      throw error;
    }
    const record = toErrorRecordOf(error);
    const isRefusal = ERRORS[record.code].origin === 'question';
    await end('failed', record, isRefusal);
    if (isRefusal) return { status: 'refused', error: record };
    throw toWorkflowFailure(record);
  }
}

async function findAnswer(input: AnswerQuestionInput): Promise<AnswerQuestionResult> {
  const local = localActivities<AnswerActivities>(input.queues);
  const timings = new Map<AnswerTiming['step'], number>();
  const spend = (step: AnswerTiming['step'], durationMs: number) =>
    timings.set(step, (timings.get(step) ?? 0) + durationMs);

  /** Guard, price, run and record; `refused` with the reason that the SQL could be mended by. */
  const settle = async ({ sql, interpretation, attempt, repairs }: Draft): Promise<AnswerQuestionResult> => {
    const checked = await local.checkSql({ ...input, sql, attempt });
    spend('guard', checked.durationMs);
    if (!checked.accepted) return { status: 'refused', error: checked.error };

    const ran = await run(input, attempt, checked);
    spend('explain', ran.explainMs);
    spend('query', ran.queryMs);
    spend('store', ran.storeMs);
    if (ran.outcome === 'refused') {
      const { dataSourceId } = input;
      if (ran.isDrift && dataSourceId !== undefined)
        await startReindex({ ...input, dataSourceId, runId: uuid4(), reason: 'drift', summary: DRIFT });
      return { status: 'refused', error: ran.error };
    }
    if (ran.outcome === 'deferred') throw new Error('A query on its own queue cannot be deferred');

    await local.recordAnswer({
      ...input,
      sql: checked.sql,
      columns: ran.columns,
      rowCount: ran.rowCount,
      truncated: ran.truncated,
      interpretation,
      timings: [...timings].map(([step, durationMs]) => ({
        step,
        durationMs: Math.round(durationMs * 10) / 10,
      })),
      repairs,
    });
    return { status: 'answered', rowCount: ran.rowCount };
  };

  if (input.hasGivenSql) {
    const given = await local.prepareGivenSql(input);
    spend('context', given.durationMs);
    return await settle({ sql: given.sql, interpretation: null, attempt: 1, repairs: 0 });
  }

  const context = await local.chooseContext(input);
  spend('context', context.durationMs);

  const reader = listenToReader(input);
  let previous: { sql: string; error: ErrorRecord } | undefined;
  let repairs = 0;
  for (let attempt = 1; ; attempt++) {
    if (previous) {
      if (!mayRepair(repairs)) return { status: 'refused', error: lastWord(previous.error, repairs) };
      repairs++;
    }
    let written = await write(input, context.provider, attempt, previous);
    spend('model', written.durationMs);
    while (written.outcome === 'ambiguous') {
      const asked = Date.now();
      const refusal = await reader.ask(written);
      if (refusal) return { status: 'refused', error: refusal };
      spend('reader', Date.now() - asked);
      written = await write(input, context.provider, ++attempt, previous);
      spend('model', written.durationMs);
    }
    if (written.outcome === 'refused') return { status: 'refused', error: written.error };
    if (written.outcome === 'unusable') {
      previous = { sql: '', error: written.error };
      continue;
    }
    const { sql, interpretation } = written;
    const settled = await settle({ sql, interpretation, attempt, repairs });
    if (!settled.error) return settled;
    previous = { sql, error: settled.error };
  }
}

interface Draft {
  sql: string;
  interpretation: string | null;
  attempt: number;
  repairs: number;
}

/** Workflows that began when one repair was all end as they would have then. */
const mayRepair = (repairs: number): boolean =>
  repairs < 1 || (repairs < LIMITS.repairs && patched('second-repair'));

async function write(
  input: AnswerQuestionInput,
  provider: 'built-in' | 'openai-compatible',
  attempt: number,
  previous: { sql: string; error: ErrorRecord } | undefined,
): Promise<WrittenSql> {
  const request = { ...input, attempt, ...(previous ? { previous } : {}) };
  if (provider === 'built-in')
    return await localActivities<AnswerActivities>(input.queues).translateSql(request);
  enterPhase(
    'generating',
    attempt === 1 ? 'The model writes SQL.' : `The model mends its SQL: ${previous?.error.code}.`,
  );
  return await remoteActivities<GenerationActivities>('generation', input.queues).writeSql(request);
}

/** Short queries run inside the workflow task; the others on the queue of the data sources or datasets, where a cancel reaches the server. */
async function run(
  input: AnswerQuestionInput,
  attempt: number,
  checked: { sql: string; limitedSql: string },
): Promise<RanSql> {
  const request = { ...input, attempt, sql: checked.sql, limitedSql: checked.limitedSql };
  const tried = await localActivities<AnswerActivities>(input.queues).tryQuery(request);
  if (tried.outcome !== 'deferred') return tried;
  const isOnDatasets = input.dataSourceId === undefined;
  enterPhase('querying', `The query runs on the ${isOnDatasets ? 'datasets' : 'data source'}.`);
  const queue = isOnDatasets ? 'dataset-queries' : 'data-source';
  return await remoteActivities<QueryActivities>(queue, input.queues).runQuery({
    ...request,
    ...(tried.connectionLost ? { connectionLost: true } : {}),
  });
}

/**
 * After the last repair the reader is told about the model, with the guard's or the database's reason inside. What no wording of
 * the SQL could mend (a right that is missing, a price) is told as it is.
 */
function lastWord(error: ErrorRecord, repairs: number): ErrorRecord {
  if (NOT_THE_MODELS.has(error.code)) return error;
  if (error.code === 'model_answer_unusable') return error;
  return {
    ...errorRecord(
      'model_answer_unusable',
      `The model’s SQL was refused, also after ${repairs === 1 ? 'a repair' : `${repairs} repairs`}. ${error.message}`,
    ),
    details: { reason: error },
  };
}

const NOT_THE_MODELS = new Set<ErrorRecord['code']>([
  'data_source_permission_denied',
  'data_source_schema_changed',
  'sql_too_expensive',
]);
