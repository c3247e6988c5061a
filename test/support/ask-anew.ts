import type { ApiClient } from '../../cli/api-client.js';
import { type JobWatch, watchJob } from './job-watch.js';

let asked = 0;

/** Asks the shop for its orders by status in words that were not asked before, so that no cache answers, and watches the job. */
export async function askAnew(
  client: ApiClient,
  dataSourceId: string,
): Promise<{ questionId: string; jobId: string; watch: JobWatch }> {
  const question = `How many orders are there of each status, for the ${++asked}. time?`;
  const reply = await client.askQuestion({ dataSourceId, question });
  if (reply.answered) throw new Error('must not be cached');
  return { ...reply, watch: watchJob(client, reply.jobId) };
}
