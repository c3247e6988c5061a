import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { ReindexSchedule } from '../contracts/data-source.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { type ReindexScheduleInput, WORKFLOWS, workflowIds } from '../contracts/workflows.js';
import { callEngine } from './engine-call.js';
import { searchAttributes } from './workflow-attributes.js';

interface ScheduleInput extends ReindexScheduleInput {
  dataSourceName: string;
  schedule: ReindexSchedule;
}

/** Creates the Temporal Schedule of a data source, or replaces what it says. */
export async function putReindexSchedule(client: Client, input: ScheduleInput): Promise<void> {
  const options = scheduleOptions(input);
  const { memo: _memo, scheduleId, ...rest } = options;
  const put = async (): Promise<void> => {
    try {
      await callEngine(client, () => client.schedule.create(options));
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await callEngine(client, () =>
        client.schedule.getHandle(scheduleId).update((previous) => ({ ...rest, state: previous.state })),
      );
    }
  };
  try {
    await put();
  } catch (error) {
    const reason = refusedSpec(error);
    if (reason === undefined) throw error;
    throw new QuaestorError('invalid_request', `The schedule is not valid: ${reason}`, { cause: error });
  }
}

/** What the server has against a spec: a TypeError over the plain connection, in a cause's message over the native one. */
function refusedSpec(error: unknown): string | undefined {
  for (
    let at = error as Error | undefined;
    at && typeof at === 'object';
    at = at.cause as Error | undefined
  ) {
    if (at.name === 'TypeError') return at.message;
    const reason = /Invalid schedule spec: (.+)/.exec(at.message)?.[1];
    if (reason !== undefined) return reason;
  }
  return undefined;
}

export async function deleteReindexSchedule(client: Client, dataSourceId: string): Promise<void> {
  const scheduleId = workflowIds.reindexSchedule(dataSourceId);
  try {
    await callEngine(client, () => client.schedule.getHandle(scheduleId).delete());
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

function scheduleOptions(input: ScheduleInput): ScheduleOptions {
  const { tenantId, dataSourceId, dataSourceName, schedule, queues } = input;
  const args: [ReindexScheduleInput] = [{ tenantId, dataSourceId, ...(queues ? { queues } : {}) }];
  const typedSearchAttributes = searchAttributes(tenantId, 'reindex-schedule', dataSourceId);
  const everyMs = (schedule.everyMinutes ?? 0) * 60_000;
  return {
    scheduleId: workflowIds.reindexSchedule(dataSourceId),
    spec: {
      ...(schedule.cron
        ? { cronExpressions: [schedule.cron], timezone: 'UTC' }
        : { intervals: [{ every: everyMs }] }),
      // Sources that share a schedule do not all start in the same second; never more than a tenth of a short interval.
      jitter: schedule.cron ? 30_000 : Math.min(30_000, everyMs / 10),
    },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.reindexSchedule,
      workflowId: `${workflowIds.reindexSchedule(dataSourceId)}-run`,
      taskQueue: 'orchestration',
      args,
      typedSearchAttributes,
      staticSummary: `Index again: ${dataSourceName}`,
    },
    policies: {
      // One indexing at a time; the one that runs sees the newest schema anyway.
      overlap: ScheduleOverlapPolicy.SKIP,
      // After an outage one run is enough, so older misses are let go.
      catchupWindow: '10 minutes',
    },
    memo: { tenantId, dataSourceId, dataSourceName },
    typedSearchAttributes,
  };
}
