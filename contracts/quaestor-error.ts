import { ERRORS, type ErrorCode, type ErrorEntry } from './errors.js';

export interface QuaestorErrorOptions {
  cause?: unknown;
  /** Facts for the reader, JSON-serialisable, at most a few KB; never secrets. */
  details?: Record<string, unknown>;
  /** For retryable errors: when the other side said to come back. */
  retryAfterMs?: number;
}

/** An error of the catalogue. `message` is one sentence about this occurrence; title and way out come from the entry. */
export class QuaestorError extends Error {
  override readonly name = 'QuaestorError';
  readonly details: Record<string, unknown> | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: QuaestorErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
  }

  get entry(): ErrorEntry {
    return ERRORS[this.code];
  }
}

/** How an error is kept in rows and events and shown to clients. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  wayOut: string;
  details?: Record<string, unknown>;
}

export const toErrorRecord = (error: QuaestorError): ErrorRecord => ({
  code: error.code,
  message: error.message,
  wayOut: error.entry.wayOut,
  ...(error.details ? { details: error.details } : {}),
});

export const errorRecord = (code: ErrorCode, message: string): ErrorRecord => ({
  code,
  message,
  wayOut: ERRORS[code].wayOut,
});
