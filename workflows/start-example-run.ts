import { ParentClosePolicy, startChild, uuid4 } from '@temporalio/workflow';
import type { ExampleActivities } from '../activities/examples/create-example-activities.js';
import { type ExampleOwner, ownerId } from '../contracts/verified-example.js';
import type { WorkflowScope } from '../contracts/workflows.js';
import { workflowIds } from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';
import { checkExamples } from './check-examples.js';
import { jobAttributes } from './job-phase.js';

/**
 * After an indexing, or a new version of a dataset: starts a run over the verified examples, if there are any, as a child that outlives its
 * parent.
 */
export async function startExampleRun(
  { queues, tenantId }: WorkflowScope,
  owner: ExampleOwner,
): Promise<void> {
  const runId = uuid4();
  const jobId = workflowIds.checkExamples(runId);
  const input = { tenantId, jobId, ...owner, runId, ...(queues ? { queues } : {}) };
  if (!(await localActivities<ExampleActivities>(queues).openExampleRun(input))) return;
  await startChild(checkExamples, {
    workflowId: jobId,
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    typedSearchAttributes: jobAttributes(tenantId, 'check-examples', ownerId(owner)),
    staticSummary: `Check the verified examples after ${owner.datasetId === undefined ? 'an indexing' : 'a new version'}`,
  });
}
