import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { QuaestorError } from '../contracts/quaestor-error.js';

/** One gRPC call. */
export const ENGINE_CALL_TIMEOUT_MS = 5_000;

/** gRPC status codes that say something about the request; every other one says that the engine cannot take it now. */
const ABOUT_THE_REQUEST = new Set([3 /* INVALID_ARGUMENT */, 5 /* NOT_FOUND */, 6 /* ALREADY_EXISTS */]);

const ATTEMPTS = 4;
const FIRST_WAIT_MS = 100;

/**
 * Calls the engine with a deadline; trouble that passes within it is not noticed.
 * @throws QuaestorError `engine_unavailable` when it is away, too slow, overloaded or refuses us; other errors as they are.
 */
export async function callEngine<Result>(
  client: Client,
  call: () => Promise<Result>,
  timeoutMs = ENGINE_CALL_TIMEOUT_MS,
): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await callOnce(client, call, deadline);
    } catch (error) {
      if (!isEngineTrouble(error)) throw error;
      const waitMs = FIRST_WAIT_MS * 2 ** attempt;
      if (attempt === ATTEMPTS || Date.now() + waitMs > deadline)
        throw unavailable('cannot be reached', error);
      await pause(waitMs);
    }
  }
}

async function callOnce<Result>(
  client: Client,
  call: () => Promise<Result>,
  deadline: number,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  // The native connection retries by itself and may outlast its deadline a little.
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unavailable('did not answer in time')), deadline - Date.now() + 500);
  });
  try {
    return await Promise.race([client.connection.withDeadline(deadline, call), late]);
  } finally {
    clearTimeout(timer);
  }
}

const unavailable = (what: string, cause?: unknown): QuaestorError =>
  new QuaestorError('engine_unavailable', `The workflow engine ${what}.`, { cause, retryAfterMs: 3_000 });

interface Failure {
  name?: string;
  code?: unknown;
  cause?: Failure;
}

/** The SDK wraps gRPC errors, so the code is somewhere in the chain of causes. */
function isEngineTrouble(error: unknown): boolean {
  if (error instanceof QuaestorError) return false;
  // Not instanceof: the native connection's errors are made outside of this realm.
  for (let at = error as Failure | undefined; at && typeof at === 'object'; at = at.cause) {
    const { code } = at;
    if (typeof code === 'number') return !ABOUT_THE_REQUEST.has(code);
    if (at.name === 'NamespaceNotFoundError') return true;
    if (at.name === 'ServiceError' && at.cause === undefined) return true;
  }
  // What the native connection throws when its transport breaks carries no code.
  const { name, cause } = (error ?? {}) as Failure;
  return name === 'ServiceError' && cause?.name !== 'TypeError';
}
