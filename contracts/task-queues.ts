/**
 * The task-queue table: one queue for each scarce thing, with everything Temporal needs to know about it.
 * Every figure can be set from the environment as QUAESTOR_QUEUE_<NAME>_<FIGURE>, for example
 * QUAESTOR_QUEUE_EMBEDDING_CONCURRENCY=4 (platform/config.ts reads them).
 */
export type TaskQueueName =
  | 'orchestration'
  | 'embedding'
  | 'generation'
  | 'data-source'
  | 'export'
  | 'datasets'
  | 'dataset-queries';

export interface TaskQueueSettings {
  /** Activities at once in one worker process; for `orchestration`, local activities. */
  concurrency: number;
  /** Activities started each second over all workers of the queue (kept by the server); 0 means no limit. */
  ratePerSecond: number;
  /** One attempt, from its start. */
  startToCloseMs: number;
  /** All attempts together with the waits between them, time in the queue included. */
  scheduleToCloseMs: number;
  /** An attempt that has not been heard of for this long is given to another worker; 0 means no heartbeat. */
  heartbeatMs: number;
  retry: {
    initialIntervalMs: number;
    backoffCoefficient: number;
    maximumIntervalMs: number;
    /** 0 means as many as scheduleToCloseMs allows. */
    maximumAttempts: number;
  };
}

export type TaskQueueTable = Readonly<Record<TaskQueueName, TaskQueueSettings>>;

const seconds = 1_000;
const minutes = 60 * seconds;

/** Defaults. Why each figure: docs/ARCHITECTURE.md, "Task queues". */
export const TASK_QUEUES: TaskQueueTable = {
  // Workflows and the short steps (local activities) that touch only Quaestor's own store.
  orchestration: {
    concurrency: 100,
    ratePerSecond: 0,
    startToCloseMs: 45 * seconds,
    scheduleToCloseMs: 15 * minutes,
    heartbeatMs: 0,
    retry: {
      initialIntervalMs: 200,
      backoffCoefficient: 2,
      maximumIntervalMs: 10 * seconds,
      maximumAttempts: 0,
    },
  },
  // Token-packed batches to the embeddings endpoint; 30 s is the limit of one request inside the activity.
  embedding: {
    concurrency: 10,
    ratePerSecond: 0,
    startToCloseMs: 60 * seconds,
    scheduleToCloseMs: 60 * minutes,
    heartbeatMs: 10 * seconds,
    retry: {
      initialIntervalMs: 500,
      backoffCoefficient: 2,
      maximumIntervalMs: 30 * seconds,
      maximumAttempts: 0,
    },
  },
  // One chat completion an activity.
  generation: {
    concurrency: 15,
    ratePerSecond: 0,
    startToCloseMs: 60 * seconds,
    scheduleToCloseMs: 3 * minutes,
    heartbeatMs: 5 * seconds,
    retry: {
      initialIntervalMs: 500,
      backoffCoefficient: 2,
      maximumIntervalMs: 20 * seconds,
      maximumAttempts: 0,
    },
  },
  // Introspection and queries. The heartbeat carries the cancellation, so it is short.
  'data-source': {
    concurrency: 20,
    ratePerSecond: 0,
    startToCloseMs: 10 * minutes,
    scheduleToCloseMs: 30 * minutes,
    heartbeatMs: 3 * seconds,
    retry: {
      initialIntervalMs: 500,
      backoffCoefficient: 2,
      maximumIntervalMs: 10 * seconds,
      maximumAttempts: 5,
    },
  },
  // Files out: one result is at most 16 MB, so a minute is ample.
  export: {
    concurrency: 12,
    ratePerSecond: 0,
    startToCloseMs: 2 * minutes,
    scheduleToCloseMs: 15 * minutes,
    heartbeatMs: 5 * seconds,
    retry: {
      initialIntervalMs: 500,
      backoffCoefficient: 2,
      maximumIntervalMs: 10 * seconds,
      maximumAttempts: 5,
    },
  },
  // Files read by DuckDB in child processes; by memory and cores.
  datasets: {
    concurrency: 2,
    ratePerSecond: 0,
    startToCloseMs: 30 * minutes,
    scheduleToCloseMs: 120 * minutes,
    heartbeatMs: 5 * seconds,
    retry: {
      initialIntervalMs: 500,
      backoffCoefficient: 2,
      maximumIntervalMs: 30 * seconds,
      maximumAttempts: 5,
    },
  },
  // Queries on datasets, in processes of their own: a question must not wait for a file that is being read. By memory and cores.
  'dataset-queries': {
    concurrency: 2,
    ratePerSecond: 0,
    startToCloseMs: 2 * minutes,
    scheduleToCloseMs: 15 * minutes,
    heartbeatMs: 3 * seconds,
    retry: {
      initialIntervalMs: 500,
      backoffCoefficient: 2,
      maximumIntervalMs: 10 * seconds,
      maximumAttempts: 5,
    },
  },
};

export const TASK_QUEUE_NAMES = Object.keys(TASK_QUEUES) as TaskQueueName[];
