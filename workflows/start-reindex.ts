import { type ChildWorkflowHandle, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { JobActivities } from '../activities/jobs/create-job-activities.js';
import type { TaskQueueTable } from '../contracts/task-queues.js';
import { workflowIds } from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';
import { indexSource } from './index-source.js';
import { jobAttributes } from './job-phase.js';

export interface StartReindexInput {
  tenantId: string;
  dataSourceId: string;
  /** The last part of the job's id. */
  runId: string;
  summary: string;
  reason?: 'drift';
  queues?: TaskQueueTable | undefined;
}

/**
 * Opens an indexing job and starts it as a child that outlives its parent. Undefined when the data source is being indexed already, or,
 * for `drift`, was for the same reason just now.
 */
export async function startReindex(
  input: StartReindexInput,
): Promise<ChildWorkflowHandle<typeof indexSource> | undefined> {
  const { tenantId, dataSourceId, queues, reason } = input;
  const jobId = workflowIds.indexSource(dataSourceId, input.runId);
  const scope = { tenantId, jobId, dataSourceId, ...(queues ? { queues } : {}) };
  const { openScheduledJob } = localActivities<JobActivities>(queues);
  if (!(await openScheduledJob({ ...scope, ...(reason ? { reason } : {}) }))) return undefined;
  return await startChild(indexSource, {
    workflowId: jobId,
    args: [scope],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowExecutionTimeout: '24 hours',
    typedSearchAttributes: jobAttributes(tenantId, 'index-source', dataSourceId),
    staticSummary: input.summary,
  });
}
