import { ERRORS, isErrorCode } from '../contracts/errors.js';
import { EXIT, type ExitCode } from './exit-codes.js';

/** An RFC 9457 problem document as the API sends it. `code` is one of contracts/errors.ts, or a newer one. */
export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  code?: string;
  wayOut?: string;
  requestId?: string;
  [extension: string]: unknown;
}

/** The API said no. */
export class ApiProblemError extends Error {
  override readonly name = 'ApiProblemError';
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
}

/** Nothing answered at the API's address, or the connection broke. */
export class ApiUnreachableError extends Error {
  override readonly name = 'ApiUnreachableError';
  constructor(
    readonly baseUrl: string,
    cause: unknown,
  ) {
    super(`The API at ${baseUrl} cannot be reached: ${reasonOf(cause)}.`, { cause });
  }
}

/** The command line was used wrongly. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ctrl-C while a job was watched. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** The `--wait` of a command ended before its job did. */
export class WaitEndedError extends Error {
  override readonly name = 'WaitEndedError';
}

/** Anything that went wrong, as a problem document: what `--json` prints and people read. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ApiProblemError) return error.problem;
  if (error instanceof ApiUnreachableError) {
    return {
      title: 'The API cannot be reached',
      status: 0,
      code: 'api_unreachable',
      detail: error.message,
      wayOut: 'Start Quaestor with "npm start", or name its address with --api or QUAESTOR_API_URL.',
    };
  }
  if (error instanceof UsageError) {
    return {
      title: 'The command cannot be carried out as written',
      status: 0,
      code: 'usage',
      detail: error.message,
    };
  }
  return {
    title: 'The command line failed',
    status: 0,
    code: 'cli_failed',
    detail: error instanceof Error ? error.message : String(error),
  };
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ApiUnreachableError) return EXIT.unreachable;
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof InterruptedError) return EXIT.interrupted;
  if (error instanceof WaitEndedError) return EXIT.stillRunning;
  if (error instanceof ApiProblemError && isAboutQuestion(error.problem.code)) return EXIT.refused;
  return EXIT.failed;
}

const isAboutQuestion = (code: string | undefined): boolean =>
  code !== undefined && isErrorCode(code) && ERRORS[code].origin === 'question';

/** `fetch failed` says nothing; the reason is in the cause, or in the causes of an AggregateError. */
function reasonOf(error: unknown): string {
  const { cause, errors, message } = (error ?? {}) as {
    cause?: unknown;
    errors?: unknown[];
    message?: string;
  };
  if (errors?.[0] !== undefined) return reasonOf(errors[0]);
  return cause === undefined ? (message ?? String(error)) : reasonOf(cause);
}
