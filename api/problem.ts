import type { ErrorRequestHandler, Response } from 'express';
import type { ErrorCode } from '../contracts/errors.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Logger } from '../platform/logger.js';
import { requestIdOf } from './request-log.js';

/** An RFC 9457 problem document with our members. */
export interface Problem {
  /** Where the error is explained, relative to the API. */
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  wayOut: string;
  retryable: boolean;
  requestId: string;
  details?: Record<string, unknown>;
}

const DEFAULT_RETRY_AFTER_MS = 2_000;

export function toProblem(error: QuaestorError, requestId: string): Problem {
  const { entry, code, message, details } = error;
  return {
    type: `/docs/errors#${code}`,
    title: entry.title,
    status: entry.status,
    detail: message,
    code,
    wayOut: entry.wayOut,
    retryable: entry.kind === 'retryable',
    requestId,
    ...(details ? { details } : {}),
  };
}

export function sendProblem(res: Response, error: QuaestorError, requestId: string): void {
  const problem = toProblem(error, requestId);
  res.status(problem.status).type('application/problem+json');
  if (problem.retryable) {
    res.set('Retry-After', String(Math.ceil((error.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS) / 1_000)));
  }
  if (error.code === 'unauthorized') res.set('WWW-Authenticate', 'Bearer realm="quaestor"');
  res.send(JSON.stringify(problem));
}

/** Errors of Express and its body parser, told apart by the `type` that they carry. Their own text may hold the body, so none of it is kept. */
const BODY_ERRORS: Record<string, [ErrorCode, string]> = {
  'entity.too.large': ['body_too_large', 'The body is larger than 1 MB.'],
  'entity.parse.failed': ['invalid_request', 'The body is not valid JSON.'],
  'request.size.invalid': ['invalid_request', 'The body is not as long as its Content-Length says.'],
  'request.aborted': ['invalid_request', 'The request was broken off.'],
  'encoding.unsupported': ['unsupported_media_type', 'This Content-Encoding is not understood.'],
  'charset.unsupported': ['unsupported_media_type', 'This charset is not understood; send UTF-8.'],
};

export function toQuaestorError(error: unknown): QuaestorError {
  if (error instanceof QuaestorError) return error;
  const { type, status } = (error ?? {}) as { type?: unknown; status?: unknown };
  const known = typeof type === 'string' ? BODY_ERRORS[type] : undefined;
  if (known) return new QuaestorError(known[0], known[1]);
  if ((error as { name?: unknown } | undefined)?.name === 'URIError') {
    return new QuaestorError('not_found', 'The path cannot be decoded, so there is nothing with this name.');
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new QuaestorError('invalid_request', 'The request cannot be understood.');
  }
  return new QuaestorError('internal_error', 'The request failed in a way that was not foreseen.', {
    cause: error,
  });
}

/** The last handler: every error leaves as a problem document. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const known = toQuaestorError(error);
    const { status } = known.entry;
    if (known.code === 'internal_error') logger.error({ err: known.cause ?? known }, 'request failed');
    else if (status >= 500) logger.warn({ err: known, code: known.code }, 'request failed');
    if (res.headersSent) {
      // Part of the reply is out: breaking the connection is the only way left to say that it is not whole.
      next(error);
      return;
    }
    sendProblem(res, known, requestIdOf(req));
  };
}
