import { ParentClosePolicy, startChild, uuid4 } from '@temporalio/workflow';
import type { ExampleActivities } from '../activities/examples/create-example-activities.js';
import type { IndexSourceInput } from '../contracts/workflows.js';
import { workflowIds } from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';
import { checkExamples } from './check-examples.js';
import { jobAttributes } from './job-phase.js';

/** After an indexing: starts a run over the verified examples, if there are any, as a child that outlives its parent. */
export async function startExampleRun({ dataSourceId, queues, tenantId }: IndexSourceInput): Promise<void> {
  const runId = uuid4();
  const jobId = workflowIds.checkExamples(runId);
  const input = { tenantId, jobId, dataSourceId, runId, ...(queues ? { queues } : {}) };
  if (!(await localActivities<ExampleActivities>(queues).openExampleRun(input))) return;
  await startChild(checkExamples, {
    workflowId: jobId,
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    typedSearchAttributes: jobAttributes(tenantId, 'check-examples', dataSourceId),
    staticSummary: 'Check the verified examples after an indexing',
  });
}
