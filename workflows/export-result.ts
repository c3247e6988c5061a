import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { ExportActivities } from '../activities/exports/create-export-activities.js';
import type { JobActivities } from '../activities/jobs/create-job-activities.js';
import type { ExportResultInput, ExportResultResult } from '../contracts/workflows.js';
import { localActivities, remoteActivities } from './activity-proxies.js';
import { toErrorRecordOf, toWorkflowFailure } from './job-failure.js';

/** Writes the rows of an answer into a file. */
export async function exportResult(input: ExportResultInput): Promise<ExportResultResult> {
  const jobs = localActivities<JobActivities>(input.queues);
  try {
    await jobs.startJob(input);
    return await remoteActivities<ExportActivities>('export', input.queues).writeExport(input);
  } catch (error) {
    const record = isCancellation(error) ? undefined : toErrorRecordOf(error);
    await CancellationScope.nonCancellable(
      async () =>
        await jobs.endJob({
          tenantId: input.tenantId,
          jobId: input.jobId,
          kind: 'export-result',
          subjectId: input.questionId,
          ...(record ? { status: 'failed', error: record } : { status: 'cancelled' }),
        }),
    );
    throw record ? toWorkflowFailure(record) : error;
  }
}
