import { workflowInfo } from '@temporalio/workflow';
import {
  type ReindexScheduleInput,
  type ReindexScheduleResult,
  workflowIds,
} from '../contracts/workflows.js';
import { startReindex } from './start-reindex.js';

/** What a Schedule starts: opens the job's row and indexes as a child, unless the data source is being indexed already. */
export async function reindexSchedule(input: ReindexScheduleInput): Promise<ReindexScheduleResult> {
  const runId = workflowInfo().firstExecutionRunId;
  const jobId = workflowIds.indexSource(input.dataSourceId, runId);
  const { tenantId, dataSourceId, queues } = input;
  const summary = `Scheduled re-index of ${dataSourceId}`;
  const child = await startReindex({ tenantId, dataSourceId, runId, summary, queues });
  if (!child) return { jobId, status: 'skipped' };
  return { jobId, status: (await child.result()).status };
}
