import { LIMITS } from '../contracts/limits.js';
import type { Cell, Question } from '../contracts/question.js';
import type { ApiClient } from './api-client.js';
import type { CommandContext } from './command-context.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { pause } from './pause.js';
import { renderQuestion } from './render/answer.js';

const DEFAULT_ROWS = 20;

/**
 * Prints a question that has ended, and returns the exit code for it.
 * @param rowLimit rows to show; default 20, with `--json` all that are kept.
 */
export async function showQuestion(
  context: CommandContext,
  questionId: string,
  rowLimit: number | undefined,
): Promise<ExitCode> {
  const question = await readEnded(context.client, questionId, context.signal);
  const limit = rowLimit ?? (context.isJson ? LIMITS.resultRows : DEFAULT_ROWS);
  const rows = question.answer ? await readFirstRows(context.client, question.id, limit) : [];
  if (context.isJson) {
    context.printJson({ question, rows });
  } else {
    const { colors, terminalWidth } = context;
    context.print(renderQuestion({ question, rows, colors, terminalWidth }));
  }
  if (question.status === 'answered') return EXIT.ok;
  if (question.status === 'waiting') return EXIT.waiting;
  return question.status === 'refused' ? EXIT.refused : EXIT.failed;
}

/** A job's last event can be a moment ahead of the question's row, when the workflow was ended from outside. */
async function readEnded(client: ApiClient, questionId: string, signal: AbortSignal): Promise<Question> {
  for (let attempt = 1; ; attempt += 1) {
    const question = await client.readQuestion(questionId);
    if ((question.status !== 'queued' && question.status !== 'running') || attempt === 10) return question;
    await pause(100 * attempt, signal);
  }
}

async function readFirstRows(client: ApiClient, questionId: string, limit: number): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  let cursor: string | undefined;
  while (rows.length < limit) {
    const page = await client.readRows(questionId, cursor);
    rows.push(...page.rows);
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  return rows.slice(0, limit);
}
