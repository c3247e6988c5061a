import type { Job } from '../contracts/job.js';
import { isTerminalJobStatus } from '../contracts/job.js';
import type { CommandContext } from './command-context.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { pause } from './pause.js';
import { renderProblem } from './render/problem.js';
import { formatDuration, plural, printable } from './render/text.js';

/** Prints how a job other than a question's ended, and returns the exit code for it. */
export async function showJob(context: CommandContext, jobId: string): Promise<ExitCode> {
  const job = await readEndedJob(context, jobId);
  const source =
    job.kind === 'index-source'
      ? (await context.client.listDataSources()).find((candidate) => candidate.id === job.subjectId)
      : undefined;
  if (context.isJson) {
    context.printJson({ job, ...(source ? { dataSource: source } : {}) });
  } else if (job.error) {
    const { code, message, wayOut } = job.error;
    context.print(
      renderProblem(
        {
          title: `The job ${job.status === 'cancelled' ? 'was cancelled' : 'failed'}`,
          status: 0,
          code,
          detail: message,
          wayOut,
        },
        context.colors,
      ),
    );
  } else if (job.status === 'succeeded' && source) {
    const size = `${plural(source.tables ?? 0, 'table')}, ${plural(source.columns ?? 0, 'column')}`;
    context.print(
      `${context.colors.green('✔')} ${printable(source.name)} is indexed: ${size}${tookText(job)}`,
    );
  } else {
    context.print(`The job ${job.id} is ${job.status}${tookText(job)}`);
  }
  return job.status === 'succeeded' ? EXIT.ok : EXIT.failed;
}

/** The job, once its row says that it has ended: an event may come a moment before. */
export async function readEndedJob(context: CommandContext, jobId: string): Promise<Job> {
  for (let attempt = 1; ; attempt += 1) {
    const job = await context.client.readJob(jobId);
    if (isTerminalJobStatus(job.status) || attempt === 10) return job;
    await pause(100 * attempt, context.signal);
  }
}

const tookText = (job: Job): string =>
  job.startedAt && job.finishedAt
    ? ` (${formatDuration(Date.parse(job.finishedAt) - Date.parse(job.startedAt))})`
    : '';
