import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Question } from '../contracts/question.js';
import { getQuestion } from '../db/statements/questions.js';
import { type ApiDeps, STREAM_TIMES } from './api-deps.js';
import { Waker } from './waker.js';

/** True while Quaestor works on it. */
const isQuestionMoving = ({ status }: Question): boolean => status === 'queued' || status === 'running';
/** True until it has ended, also while it waits for its reader. */
export const isQuestionOpen = (question: Question): boolean =>
  isQuestionMoving(question) || question.status === 'waiting';

/** Waits until a question has ended, or asks its reader, or the time is over, and returns it as it is then; an abort ends the wait early. */
export async function waitForQuestion(
  deps: ApiDeps,
  tenantId: string,
  question: Question,
  options: { waitMs: number; signal: AbortSignal },
): Promise<Question> {
  const { pollMs } = { ...STREAM_TIMES, ...deps.streams };
  const endsAt = Date.now() + options.waitMs;
  const signal = deps.stopping ? AbortSignal.any([options.signal, deps.stopping]) : options.signal;
  const waker = new Waker(deps.bus, question.jobId, signal, 'turn');
  let newest = question;
  try {
    for (;;) {
      const leftMs = endsAt - Date.now();
      if (!isQuestionMoving(newest) || leftMs <= 0 || signal.aborted) return newest;
      newest = (await read(deps, tenantId, question.id)) ?? newest;
      if (isQuestionMoving(newest)) await waker.wait(Math.min(pollMs, Math.max(1, endsAt - Date.now())));
    }
  } finally {
    waker.close();
  }
}

/** Undefined while the store is away: the wait goes on. */
async function read(deps: ApiDeps, tenantId: string, id: string): Promise<Question | undefined> {
  try {
    return await deps.db.withTenant(tenantId, async (tx) => getQuestion(tx, id));
  } catch (error) {
    if (error instanceof QuaestorError && error.code === 'store_unavailable') return undefined;
    throw error;
  }
}
