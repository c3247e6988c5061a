import type { Client, ScheduleOptions } from '@temporalio/client';
import type { ReindexSchedule } from '../contracts/data-source.js';
import { type ReindexScheduleInput, WORKFLOWS, workflowIds } from '../contracts/workflows.js';
import { deleteEngineSchedule, putEngineSchedule, recurringOptions } from './engine-schedules.js';
import { searchAttributes } from './workflow-attributes.js';

interface ScheduleInput extends ReindexScheduleInput {
  dataSourceName: string;
  schedule: ReindexSchedule;
}

/** Creates the Temporal Schedule of a data source, or replaces what it says. */
export async function putReindexSchedule(client: Client, input: ScheduleInput): Promise<void> {
  await putEngineSchedule(client, scheduleOptions(input));
}

export async function deleteReindexSchedule(client: Client, dataSourceId: string): Promise<void> {
  await deleteEngineSchedule(client, workflowIds.reindexSchedule(dataSourceId));
}

function scheduleOptions(input: ScheduleInput): ScheduleOptions {
  const { tenantId, dataSourceId, dataSourceName, schedule, queues } = input;
  const args: [ReindexScheduleInput] = [{ tenantId, dataSourceId, ...(queues ? { queues } : {}) }];
  const typedSearchAttributes = searchAttributes(tenantId, 'reindex-schedule', dataSourceId);
  return {
    scheduleId: workflowIds.reindexSchedule(dataSourceId),
    ...recurringOptions(schedule),
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.reindexSchedule,
      workflowId: `${workflowIds.reindexSchedule(dataSourceId)}-run`,
      taskQueue: 'orchestration',
      args,
      typedSearchAttributes,
      staticSummary: `Index again: ${dataSourceName}`,
    },
    memo: { tenantId, dataSourceId, dataSourceName },
    typedSearchAttributes,
  };
}
