import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { JobActivities } from '../activities/jobs/create-job-activities.js';
import type { JobKind } from '../contracts/job.js';
import type { WorkflowScope } from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';
import { toErrorRecordOf, toWorkflowFailure } from './job-failure.js';

/**
 * Starts the job's row, does the work, and ends the row as failed or cancelled when the work does not end well; the work itself
 * ends it when it does, in the transaction of its last step. Throws what the operators shall see.
 */
export async function runAsJob<Input extends WorkflowScope, Result>(
  input: Input,
  job: { kind: JobKind; subjectId: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const { startJob, endJob } = localActivities<JobActivities>(input.queues);
  try {
    await startJob(input);
    return await work();
  } catch (error) {
    const record = isCancellation(error) ? undefined : toErrorRecordOf(error);
    await CancellationScope.nonCancellable(
      async () =>
        await endJob({
          tenantId: input.tenantId,
          jobId: input.jobId,
          ...job,
          ...(record ? { status: 'failed', error: record } : { status: 'cancelled' }),
        }),
    );
    throw record ? toWorkflowFailure(record) : error;
  }
}
