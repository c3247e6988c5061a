import type { Job } from '../../contracts/job.js';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderTable } from '../render/table.js';
import { showJob } from '../show-job.js';
import { showQuestion } from '../show-question.js';
import { watchJob } from '../watch-job.js';

export async function listJobs(context: CommandContext): Promise<ExitCode> {
  const jobs = await context.client.listJobs();
  if (context.isJson) {
    context.printJson({ jobs });
    return EXIT.ok;
  }
  if (jobs.length === 0) {
    context.print('There are no jobs.');
    return EXIT.ok;
  }
  context.print(
    renderTable({
      columns: [
        { name: 'id' },
        { name: 'kind' },
        { name: 'status' },
        { name: 'progress' },
        { name: 'created at' },
      ],
      rows: jobs.map((job) => [job.id, job.kind, job.status, stateText(job), job.createdAt]),
      colors: context.colors,
      terminalWidth: context.terminalWidth,
    }),
  );
  return EXIT.ok;
}

/** Watches a job to its end; a question's job ends with the answer, as `ask` does. */
export async function watch(context: CommandContext, jobId: string): Promise<ExitCode> {
  const job = await context.client.readJob(jobId);
  await watchJob(context, jobId);
  return job.kind === 'answer-question'
    ? showQuestion(context, job.subjectId, undefined)
    : showJob(context, jobId);
}

/** Asks a job to stop. It ends when its activities have let go. */
export async function cancel(context: CommandContext, jobId: string): Promise<ExitCode> {
  await context.client.cancelJob(jobId);
  if (context.isJson) context.printJson({ jobId, cancelRequested: true });
  else context.print(`Asked ${jobId} to stop. See it end: quaestor jobs watch ${jobId}`);
  return EXIT.ok;
}

function stateText(job: Job): string {
  if (job.error) return job.error.code;
  if (!job.progress || job.finishedAt) return '';
  const { phase, done, total, unit } = job.progress;
  return `${phase} ${done}${total === undefined ? '' : `/${total}`} ${unit}`;
}
