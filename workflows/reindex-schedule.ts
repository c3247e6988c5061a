import { executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow';
import type { JobActivities } from '../activities/jobs/create-job-activities.js';
import {
  type IndexSourceResult,
  type ReindexScheduleInput,
  type ReindexScheduleResult,
  workflowIds,
} from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';
import { indexSource } from './index-source.js';
import { indexAttributes } from './job-phase.js';

/** What a Schedule starts: opens the job's row and indexes as a child, unless the data source is being indexed already. */
export async function reindexSchedule(input: ReindexScheduleInput): Promise<ReindexScheduleResult> {
  const jobId = workflowIds.indexSource(input.dataSourceId, workflowInfo().firstExecutionRunId);
  const scope = { tenantId: input.tenantId, jobId, ...(input.queues ? { queues: input.queues } : {}) };
  const { openScheduledJob } = localActivities<JobActivities>(input.queues);
  if (!(await openScheduledJob({ ...scope, dataSourceId: input.dataSourceId })))
    return { jobId, status: 'skipped' };
  const result: IndexSourceResult = await executeChild(indexSource, {
    workflowId: jobId,
    args: [{ ...scope, dataSourceId: input.dataSourceId }],
    // A schedule that is deleted does not break off the indexing that it started.
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowExecutionTimeout: '24 hours',
    typedSearchAttributes: indexAttributes(input.tenantId, input.dataSourceId),
    staticSummary: `Scheduled re-index of ${input.dataSourceId}`,
  });
  return { jobId, status: result.status };
}
