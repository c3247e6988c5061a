import { UsageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { ExitCode } from '../exit-codes.js';
import { showQuestion } from '../show-question.js';
import { watchJob } from '../watch-job.js';

export interface RunSqlOptions {
  questionId: string;
  /** `-` reads it from standard input. */
  sql: string;
  /** Rows to print. */
  rows?: number | undefined;
}

/** Runs SQL that a person wrote for a question, and prints what comes out. */
export async function runSql(context: CommandContext, options: RunSqlOptions): Promise<ExitCode> {
  let { sql } = options;
  if (sql === '-') {
    sql = '';
    for await (const chunk of context.stdin) sql += String(chunk);
  }
  if (sql.trim() === '')
    throw new UsageError('There is no SQL: give it, or "-" to read it from standard input.');
  const run = await context.client.runSql(options.questionId, sql);
  await watchJob(context, run.jobId);
  return showQuestion(context, run.id, options.rows);
}
