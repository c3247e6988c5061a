import {
  type NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import {
  createAnswerActivities,
  createGenerationActivities,
  createQueryActivities,
} from '../activities/answers/create-answer-activities.js';
import { createDataSourceActivities } from '../activities/data-sources/create-data-source-activities.js';
import { createCleaningActivities } from '../activities/datasets/cleaning/create-cleaning-activities.js';
import { createCleaningJobActivities } from '../activities/datasets/cleaning/create-cleaning-job-activities.js';
import { createCleaningModelActivities } from '../activities/datasets/cleaning/create-cleaning-model-activities.js';
import { createDatasetActivities } from '../activities/datasets/create-dataset-activities.js';
import { createPatientFiles } from '../activities/datasets/patient-files.js';
import { createProfileActivities } from '../activities/datasets/profile/create-profile-activities.js';
import { createProfileJobActivities } from '../activities/datasets/profile/create-profile-job-activities.js';
import {
  createDescriptionActivities,
  createDescriptionEndActivities,
} from '../activities/descriptions/create-description-activities.js';
import {
  createExampleActivities,
  createExampleQueryActivities,
} from '../activities/examples/create-example-activities.js';
import { createExportActivities } from '../activities/exports/create-export-activities.js';
import { createJobActivities } from '../activities/jobs/create-job-activities.js';
import { createSweepActivities } from '../activities/jobs/create-sweep-activities.js';
import { createPatientStore } from '../activities/patient-store.js';
import { createEmbeddingActivities } from '../activities/registry/create-embedding-activities.js';
import {
  createLongRegistryActivities,
  createRegistryActivities,
} from '../activities/registry/create-registry-activities.js';
import { TASK_QUEUE_NAMES, type TaskQueueName } from '../contracts/task-queues.js';
import type { Config } from '../platform/config.js';
import type { JobEngine } from '../platform/job-engine.js';
import type { Logger } from '../platform/logger.js';
import { activityInterceptor } from './activity-interceptor.js';
import type { Resources } from './resources.js';

/** What one process serves: one queue, or all. */
export type WorkerKind = TaskQueueName | 'all';

export const isWorkerKind = (text: string | undefined): text is WorkerKind =>
  text === 'all' || TASK_QUEUE_NAMES.some((name) => name === text);

export interface CreateWorkersOptions {
  kind: WorkerKind;
  config: Config;
  connection: NativeConnection;
  resources: Resources;
  engine: JobEngine;
  logger: Logger;
  /** Needed for `orchestration` and `all`. */
  loadBundle: () => Promise<WorkflowBundleOption>;
}

/** Creates the workers of a kind, with slots and rates from the task-queue table. They do not run yet. */
export async function createWorkers(options: CreateWorkersOptions): Promise<Worker[]> {
  const names = options.kind === 'all' ? TASK_QUEUE_NAMES : [options.kind];
  const workers: Worker[] = [];
  for (const name of names) workers.push(await Worker.create(await workerOptions(name, options)));
  if (names.includes('orchestration')) {
    await options.engine.ensureSweep().catch((error: unknown) => {
      options.logger.warn({ err: error }, 'the schedule of the sweeper could not be created');
    });
  }
  return workers;
}

async function workerOptions(name: TaskQueueName, options: CreateWorkersOptions): Promise<WorkerOptions> {
  const { config, connection } = options;
  const queue = config.queues[name];
  const common: WorkerOptions = {
    connection,
    namespace: config.temporal.namespace,
    taskQueue: name,
    activities: activitiesOf(name, options),
    interceptors: { activity: [activityInterceptor(options.logger)] },
    shutdownGraceTime: config.worker.shutdownGraceMs,
    // Cancellations come back with heartbeats: beat as often as the activities do.
    maxHeartbeatThrottleInterval: Math.max(500, queue.heartbeatMs / 3),
    defaultHeartbeatThrottleInterval: 1_000,
    ...(queue.ratePerSecond > 0 ? { maxTaskQueueActivitiesPerSecond: queue.ratePerSecond } : {}),
  };
  if (name !== 'orchestration') return { ...common, maxConcurrentActivityTaskExecutions: queue.concurrency };
  return {
    ...common,
    workflowBundle: await options.loadBundle(),
    enableNonLocalActivities: false,
    maxConcurrentLocalActivityExecutions: queue.concurrency,
    // With a cache of workflows the SDK wants two at least.
    maxConcurrentWorkflowTaskExecutions: Math.max(2, queue.concurrency),
    maxCachedWorkflows: config.worker.maxCachedWorkflows,
    // How long a workflow waits for the worker that has it in its cache: for a dead one this time is lost.
    stickyQueueScheduleToStartTimeout: 5_000,
  };
}

function activitiesOf(name: TaskQueueName, { resources, config, engine }: CreateWorkersOptions): object {
  const { db, answers, embeddings, loadTokenCounter } = resources;
  const { bus, connectors, encryptionKey } = answers;
  const patient = createPatientStore(db);
  const planning = { bus, embeddingModel: embeddings.name, loadTokenCounter };
  switch (name) {
    case 'orchestration':
      return {
        ...createJobActivities({ db, bus }),
        ...createSweepActivities({ db, bus, engine }),
        ...createRegistryActivities({ db, schemas: answers.schemas, ...planning }),
        ...createDescriptionEndActivities({ db, bus }),
        ...createAnswerActivities(answers),
        ...createProfileJobActivities({ db }),
        ...createCleaningJobActivities({ db }),
        ...createExampleActivities(answers),
      };
    case 'embedding':
      return createEmbeddingActivities({ db: patient, bus, embeddings });
    case 'generation':
      return {
        ...createGenerationActivities({ ...answers, db: patient }),
        ...createDescriptionActivities({ db: patient, bus, chat: resources.chat }),
        ...createCleaningModelActivities({ db: patient, chat: resources.chat?.provider }),
      };
    case 'export':
      return createExportActivities({ db: patient, bus, duckdb: resources.duckdb });
    case 'data-source':
      return {
        ...createDataSourceActivities({ db: patient, connectors, bus, encryptionKey }),
        ...createLongRegistryActivities({ db: patient, ...planning }),
        ...createQueryActivities({ ...answers, db: patient }),
        ...createExampleQueryActivities({ ...answers, db: patient }),
      };
    case 'dataset-queries':
      return {
        ...createQueryActivities({ ...answers, db: patient }),
        ...createExampleQueryActivities({ ...answers, db: patient }),
      };
    case 'datasets': {
      const datasets = {
        db: patient,
        bus,
        pool: resources.duckdb,
        files: createPatientFiles(resources.files),
        timeoutMs: config.queues.datasets.startToCloseMs,
      };
      return {
        ...createDatasetActivities(datasets),
        ...createProfileActivities(datasets),
        ...createCleaningActivities(datasets),
      };
    }
  }
}
