import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Question, QuestionStatus } from '../contracts/question.js';
import { getQuestion, getQuestionStatus } from '../db/statements/questions.js';
import { type ApiDeps, STREAM_TIMES } from './api-deps.js';
import { Waker } from './waker.js';

/** True while Quaestor works on it. */
const isMoving = (status: QuestionStatus): boolean => status === 'queued' || status === 'running';
/** True until it has ended, also while it waits for its reader. */
export const isQuestionOpen = (question: Question): boolean =>
  isMoving(question.status) || question.status === 'waiting';

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
      if (!isMoving(newest.status) || leftMs <= 0 || signal.aborted) return newest;
      newest = (await readIfStill(deps, tenantId, question.id)) ?? newest;
      if (isMoving(newest.status)) await waker.wait(Math.min(pollMs, Math.max(1, endsAt - Date.now())));
    }
  } finally {
    waker.close();
  }
}

/** Undefined while it is being worked on, and while the store is away: the wait goes on. */
async function readIfStill(deps: ApiDeps, tenantId: string, id: string): Promise<Question | undefined> {
  try {
    const status = await deps.db.withTenantAtOnce(tenantId, async (tx) => getQuestionStatus(tx, id));
    if (status === undefined || isMoving(status)) return undefined;
    return await deps.db.withTenantAtOnce(tenantId, async (tx) => getQuestion(tx, id));
  } catch (error) {
    if (error instanceof QuaestorError && error.code === 'store_unavailable') return undefined;
    throw error;
  }
}
