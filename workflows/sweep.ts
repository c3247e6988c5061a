import type { SweepActivities } from '../activities/jobs/create-sweep-activities.js';
import type { SweepInput, SweepResult } from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';

/** Looks through the unfinished jobs, page by page, and ends those that nobody works on. */
export async function sweep(input: SweepInput): Promise<SweepResult> {
  const { endLostJobs } = localActivities<SweepActivities>(input.queues);
  let endedJobs = 0;
  for (let afterId: string | undefined = ''; afterId !== undefined; ) {
    const page: Awaited<ReturnType<SweepActivities['endLostJobs']>> = await endLostJobs({ afterId });
    endedJobs += page.ended;
    afterId = page.nextId;
  }
  return { endedJobs };
}
