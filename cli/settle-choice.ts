import type { EventData } from '../contracts/events.js';
import { ApiProblemError } from './cli-error.js';
import type { CommandContext } from './command-context.js';
import { readingLines } from './render/choice.js';

/**
 * Has the person at the terminal choose a reading and sends it. False when nobody is there, or the line is empty; true also when the
 * choice was made elsewhere.
 */
export async function settleChoice(
  context: CommandContext,
  { questionId, round, readings }: EventData['choice.requested'],
  signal: AbortSignal,
): Promise<boolean> {
  const { client, progress, prompt, errorColors } = context;
  // A stream that is read from its beginning also tells of choices that were made long ago.
  const question = await client.readQuestion(questionId);
  if (question.status !== 'waiting' || question.choice?.round !== round) return true;
  if (!prompt) return false;
  progress.note(readingLines(readings, errorColors));
  for (;;) {
    const line = (await prompt('Number, or what you mean (empty: decide later): ', signal)).trim();
    if (line === '') return false;
    try {
      await client.replyToQuestion(questionId, replyOf(line));
      return true;
    } catch (error) {
      if (!(error instanceof ApiProblemError) || error.problem.code !== 'invalid_request') throw error;
      progress.note(errorColors.red(error.message));
    }
  }
}

/** A line that is a number chooses a reading; anything else says what is meant. */
export const replyOf = (line: string): { choice: number } | { text: string } =>
  /^\d{1,3}$/.test(line) ? { choice: Number(line) } : { text: line };
