import {
  type Client,
  type InternalConnectionLike,
  InternalConnectionLikeSymbol,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { ReindexSchedule } from '../contracts/data-source.js';
import type { Tier } from '../contracts/identity.js';
import { LIMITS } from '../contracts/limits.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { SEARCH_LIMITS } from '../contracts/schema-search.js';
import { TASK_QUEUES, type TaskQueueTable } from '../contracts/task-queues.js';
import { ownerId } from '../contracts/verified-example.js';
import {
  type AnswerQuestionInput,
  type CheckExamplesInput,
  type ChoiceMade,
  type CleanDatasetInput,
  type DescribeSchemaInput,
  type ExportResultInput,
  type IndexSourceInput,
  type IngestDatasetInput,
  type PlanCleaningInput,
  type ProfileDatasetInput,
  type SearchSchemaInput,
  type SearchSchemaResult,
  SIGNALS,
  WORKFLOWS,
} from '../contracts/workflows.js';
import { callEngine } from './engine-call.js';
import {
  deleteQuestionSchedule,
  type PutQuestionSchedule,
  putQuestionSchedule,
} from './question-schedules.js';
import { deleteReindexSchedule, putReindexSchedule } from './reindex-schedules.js';
import { ensureSweepSchedule } from './sweep-schedule.js';
import { searchAttributes, workflowPriority } from './workflow-attributes.js';

export type EngineJobStatus =
  | 'running'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'terminated'
  | 'timed_out'
  | 'not_found';

/** What an operator reads beside a workflow in the engine's UI, and how it is ranked among others. */
export interface StartInfo {
  tier: Tier;
  /** One line, at most 200 characters are kept. No secrets. */
  summary: string;
}

/**
 * The API's door to the workflow engine. Every call ends within some 5 s.
 * All throw QuaestorError `engine_unavailable` when the engine is away; the call may then have been carried out or not.
 */
export interface JobEngine {
  /** Starting the same job twice is starting it once. */
  startAnswerQuestion(input: AnswerQuestionInput & StartInfo): Promise<void>;
  startIndexSource(input: IndexSourceInput & StartInfo): Promise<void>;
  startExportResult(input: ExportResultInput & StartInfo): Promise<void>;
  startDescribeSchema(input: DescribeSchemaInput & StartInfo): Promise<void>;
  startCheckExamples(input: CheckExamplesInput & StartInfo): Promise<void>;
  /** Tells a waiting question that the store has its reader's reply; false when no such job runs. Telling twice is telling once. */
  tellChoice(jobId: string, round: number): Promise<boolean>;
  /** Starts a search and waits for its result, at most SEARCH_LIMITS.timeoutMs. */
  searchSchema(input: SearchSchemaInput & StartInfo): Promise<SearchSchemaResult>;
  startIngestDataset(input: IngestDatasetInput & StartInfo): Promise<void>;
  startProfileDataset(input: ProfileDatasetInput & StartInfo): Promise<void>;
  startPlanCleaning(input: PlanCleaningInput & StartInfo): Promise<void>;
  startCleanDataset(input: CleanDatasetInput & StartInfo): Promise<void>;
  /** Asks the job to stop; false when no such job runs. */
  cancel(jobId: string): Promise<boolean>;
  describe(jobId: string): Promise<EngineJobStatus>;
  /** Creates or replaces the schedule. @throws QuaestorError `invalid_request` when the engine refuses the cron expression. */
  putReindexSchedule(input: {
    tenantId: string;
    dataSourceId: string;
    dataSourceName: string;
    schedule: ReindexSchedule;
  }): Promise<void>;
  /** Does nothing when there is none. */
  deleteReindexSchedule(dataSourceId: string): Promise<void>;
  /** Creates the schedule of the sweeper when there is none. */
  ensureSweep(): Promise<void>;
  /** Creates or replaces the schedule. @throws QuaestorError `invalid_request` when the engine refuses its times. */
  putQuestionSchedule(input: PutQuestionSchedule): Promise<void>;
  /** Does nothing when there is none. */
  deleteQuestionSchedule(questionId: string): Promise<void>;
  /** Never throws. */
  isReachable(timeoutMs: number): Promise<boolean>;
}

export interface TemporalJobEngineOptions {
  client: Client;
  /** Where it differs from the defaults it goes with every start, so that a workflow keeps the figures that it was started with. */
  queues: TaskQueueTable;
  /**
   * Start workflows on a worker of this process without a round through the server. Works only when the client's connection
   * is that worker's NativeConnection; with another one it is left out. Default false.
   */
  eager?: boolean;
}

const HOUR_MS = 60 * 60 * 1_000;
/** Reading a job must not hang long when only the engine is away. */
const DESCRIBE_TIMEOUT_MS = 2_000;
const INDEX_TIMEOUT_MS = 24 * HOUR_MS;

export function createTemporalJobEngine({
  client,
  queues,
  eager = false,
}: TemporalJobEngineOptions): JobEngine {
  const connection = client.connection as InternalConnectionLike;
  const requestEagerStart = eager && connection[InternalConnectionLikeSymbol]?.supportsEagerStart === true;
  const ownQueues = JSON.stringify(queues) === JSON.stringify(TASK_QUEUES) ? {} : { queues };
  // Each step of an answer may use its whole time in each attempt, and its reader too; a workflow beyond that is stuck.
  const { orchestration, generation, 'data-source': dataSource } = queues;
  const attemptMs =
    orchestration.scheduleToCloseMs + generation.scheduleToCloseMs + dataSource.scheduleToCloseMs;
  const answerTimeoutMs =
    (1 + LIMITS.repairs + LIMITS.choiceRounds) * attemptMs + LIMITS.choiceRounds * LIMITS.choiceWaitMs;

  const datasetTimeoutMs = queues.datasets.scheduleToCloseMs + 2 * orchestration.scheduleToCloseMs;

  const start = async (
    workflow: string,
    input: { tenantId: string; jobId: string; dataSourceId?: string },
    info: StartInfo & { kind: string; subjectId: string; timeoutMs: number },
  ): Promise<void> => {
    try {
      await callEngine(client, () =>
        client.workflow.start(workflow, {
          workflowId: input.jobId,
          taskQueue: 'orchestration' satisfies keyof TaskQueueTable,
          args: [{ ...input, ...ownQueues }],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowExecutionTimeout: info.timeoutMs,
          requestEagerStart,
          priority: workflowPriority(info.tier, input.tenantId),
          typedSearchAttributes: searchAttributes(input.tenantId, info.kind, info.subjectId),
          staticSummary: oneLine(info.summary),
          staticDetails:
            `Tenant \`${input.tenantId}\` (${info.tier})\n\n${input.dataSourceId ? `Data source \`${input.dataSourceId}\`` : ''}`.trim(),
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  };

  return {
    async startAnswerQuestion({ tier, summary, ...input }) {
      const info = { tier, summary, kind: 'answer-question', subjectId: input.questionId };
      await start(WORKFLOWS.answerQuestion, input, { ...info, timeoutMs: answerTimeoutMs });
    },
    async startIndexSource({ tier, summary, ...input }) {
      const info = { tier, summary, kind: 'index-source', subjectId: input.dataSourceId };
      await start(WORKFLOWS.indexSource, input, { ...info, timeoutMs: INDEX_TIMEOUT_MS });
    },
    async startDescribeSchema({ tier, summary, ...input }) {
      const info = { tier, summary, kind: 'describe-schema', subjectId: input.dataSourceId };
      await start(WORKFLOWS.describeSchema, input, { ...info, timeoutMs: INDEX_TIMEOUT_MS });
    },
    async startExportResult({ tier, summary, ...input }) {
      const info = { tier, summary, kind: 'export-result', subjectId: input.questionId };
      const timeoutMs = queues.orchestration.scheduleToCloseMs * 2 + queues.export.scheduleToCloseMs;
      await start(WORKFLOWS.exportResult, input, { ...info, timeoutMs });
    },
    async startCheckExamples({ tier, summary, ...input }) {
      const info = { tier, summary, kind: 'check-examples', subjectId: ownerId(input) };
      await start(WORKFLOWS.checkExamples, input, { ...info, timeoutMs: INDEX_TIMEOUT_MS });
    },
    async tellChoice(jobId, round) {
      const choice: ChoiceMade = { round };
      try {
        await callEngine(client, () => client.workflow.getHandle(jobId).signal(SIGNALS.choiceMade, choice));
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    async searchSchema({ tier, summary, ...input }) {
      const info = { tier, summary, kind: 'search-schema', subjectId: input.dataSourceId };
      const { timeoutMs } = SEARCH_LIMITS;
      await start(WORKFLOWS.searchSchema, input, { ...info, timeoutMs });
      try {
        const handle = client.workflow.getHandle<(input: SearchSchemaInput) => Promise<SearchSchemaResult>>(
          input.jobId,
        );
        return await callEngine(client, () => handle.result(), timeoutMs + 1_000);
      } catch (error) {
        // It ends well by itself; so it was terminated or ran out of time, as a store that is away makes it.
        if (!(error instanceof WorkflowFailedError)) throw error;
        const message = `The search did not end within ${timeoutMs / 1_000} s.`;
        throw new QuaestorError('engine_unavailable', message, { cause: error, retryAfterMs: 3_000 });
      }
    },
    async startIngestDataset({ tier, summary, ...input }) {
      const info = { tier, summary, kind: 'ingest-dataset', subjectId: input.datasetId };
      await start(WORKFLOWS.ingestDataset, input, { ...info, timeoutMs: datasetTimeoutMs });
    },
    async startProfileDataset({ tier, summary, ...input }) {
      const info = { tier, summary, kind: 'profile-dataset', subjectId: input.datasetId };
      await start(WORKFLOWS.profileDataset, input, { ...info, timeoutMs: datasetTimeoutMs });
    },
    async startPlanCleaning({ tier, summary, ...input }) {
      const info = { tier, summary, kind: 'plan-cleaning', subjectId: input.datasetId };
      // A profile, the model, and the preview.
      const timeoutMs =
        2 * queues.datasets.scheduleToCloseMs +
        generation.scheduleToCloseMs +
        2 * orchestration.scheduleToCloseMs;
      await start(WORKFLOWS.planCleaning, input, { ...info, timeoutMs });
    },
    async startCleanDataset({ tier, summary, ...input }) {
      const info = { tier, summary, kind: 'clean-dataset', subjectId: input.datasetId };
      const timeoutMs = queues.datasets.scheduleToCloseMs + 2 * orchestration.scheduleToCloseMs;
      await start(WORKFLOWS.cleanDataset, input, { ...info, timeoutMs });
    },
    async cancel(jobId) {
      try {
        await callEngine(client, () => client.workflow.getHandle(jobId).cancel());
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    async describe(jobId) {
      try {
        const { status } = await callEngine(
          client,
          () => client.workflow.getHandle(jobId).describe(),
          DESCRIBE_TIMEOUT_MS,
        );
        return toEngineStatus(status.name);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'not_found';
        throw error;
      }
    },
    putReindexSchedule: (input) => putReindexSchedule(client, { ...input, ...ownQueues }),
    deleteReindexSchedule: (dataSourceId) => deleteReindexSchedule(client, dataSourceId),
    ensureSweep: () => ensureSweepSchedule(client, ownQueues),
    putQuestionSchedule: (input) => putQuestionSchedule(client, { ...input, ...ownQueues }),
    deleteQuestionSchedule: (questionId) => deleteQuestionSchedule(client, questionId),
    async isReachable(timeoutMs) {
      const { namespace } = client.options;
      const call = (): Promise<unknown> => connection.workflowService.describeNamespace({ namespace });
      return callEngine(client, call, timeoutMs).then(
        () => true,
        () => false,
      );
    },
  };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 200);

function toEngineStatus(name: string): EngineJobStatus {
  switch (name) {
    case 'COMPLETED':
      return 'completed';
    case 'FAILED':
      return 'failed';
    case 'CANCELLED':
      return 'cancelled';
    case 'TERMINATED':
      return 'terminated';
    case 'TIMED_OUT':
      return 'timed_out';
    default:
      return 'running';
  }
}
