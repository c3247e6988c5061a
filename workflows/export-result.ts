import type { ExportActivities } from '../activities/exports/create-export-activities.js';
import type { ExportResultInput, ExportResultResult } from '../contracts/workflows.js';
import { remoteActivities } from './activity-proxies.js';
import { runAsJob } from './run-as-job.js';

/** Writes the rows of an answer into a file. */
export async function exportResult(input: ExportResultInput): Promise<ExportResultResult> {
  return await runAsJob(input, { kind: 'export-result', subjectId: input.questionId }, async () =>
    remoteActivities<ExportActivities>('export', input.queues).writeExport(input),
  );
}
