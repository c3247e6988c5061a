import type { CommandContext } from '../command-context.js';
import type { ExitCode } from '../exit-codes.js';
import { replyOf } from '../settle-choice.js';
import { showQuestion } from '../show-question.js';
import { watchJob } from '../watch-job.js';

export interface ReplyOptions {
  questionId: string;
  /** The number of a reading, or what is meant. */
  reading: string;
  /** Rows to print. */
  rows?: number | undefined;
}

/** Chooses the reading of a question that waits, and prints the answer. */
export async function reply(context: CommandContext, options: ReplyOptions): Promise<ExitCode> {
  const { client } = context;
  const { questionId } = options;
  await client.replyToQuestion(questionId, replyOf(options.reading.trim()));
  const { jobId } = await client.readQuestion(questionId);
  await watchJob(context, jobId);
  return showQuestion(context, questionId, options.rows);
}
