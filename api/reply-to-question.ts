import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Question } from '../contracts/question.js';
import { appendAudit } from '../db/statements/audit.js';
import { keepChoice } from '../db/statements/choices.js';
import { getQuestion } from '../db/statements/questions.js';
import type { ApiDeps } from './api-deps.js';

export interface ReplyToQuestion {
  caller: Caller;
  questionId: string;
  /** Number of a reading, from 1; exactly one of the two is set. */
  choice?: number | undefined;
  text?: string | undefined;
}

/**
 * Keeps the reader's reply and wakes the job that waits for it. The store decides which of two replies came first; the same reply
 * may be sent again, which mends a signal that was lost.
 * @throws QuaestorError `not_found`, `invalid_request` for a number that no reading has, `conflict` when the question does not wait
 * or another reply came before, `engine_unavailable`.
 */
export async function replyToQuestion(deps: ApiDeps, reply: ReplyToQuestion): Promise<Question> {
  const { caller, questionId } = reply;
  const { question, round } = await deps.db.withTenant(caller.tenantId, async (tx) => {
    const found = await getQuestion(tx, questionId);
    if (!found) throw new QuaestorError('not_found', 'There is no question with this id.');
    const chosen = chosenOf(found, reply);
    // Of a question that follows another one, that one waits.
    const kept = await keepChoice(tx, found.cachedFrom ?? questionId, chosen);
    if (kept === undefined && found.choice?.chosen === chosen) return { question: found };
    if (kept === undefined) throw notWaiting(found);
    if (found.choice?.chosen !== chosen) {
      await appendAudit(tx, {
        userId: caller.userId,
        action: 'question.replied',
        subjectId: questionId,
        data: { round: kept, chosen },
      });
    }
    return { question: (await getQuestion(tx, questionId)) ?? found, round: kept };
  });
  if (round !== undefined && !(await deps.engine.tellChoice(question.jobId, round))) {
    throw new QuaestorError('conflict', 'The question waits no more: its job has ended.');
  }
  return question;
}

function chosenOf(question: Question, { choice, text }: ReplyToQuestion): string {
  if (!question.choice) throw notWaiting(question);
  if (text !== undefined) return text.trim();
  const { readings } = question.choice;
  const chosen = readings[(choice ?? 0) - 1];
  if (chosen === undefined) {
    throw new QuaestorError(
      'invalid_request',
      `choice: there are ${readings.length} readings, numbered from 1.`,
      { details: { readings } },
    );
  }
  return chosen;
}

const notWaiting = ({ status, choice }: Question): QuaestorError =>
  new QuaestorError(
    'conflict',
    choice?.chosen
      ? 'Another reply came before: the question is answered in another reading.'
      : `The question does not wait for a reply: it is ${status}.`,
    { details: { status, ...(choice?.chosen ? { chosen: choice.chosen } : {}) } },
  );
