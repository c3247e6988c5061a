import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { retryAfterMs } from './retry-after.js';

/** 429s that no waiting mends: an empty account. */
const QUOTA_CODES = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active']);

/** Longest piece of the endpoint's own words that is passed on. */
const WORDS_CHARS = 500;

/**
 * What went wrong at a model endpoint, as an error of the catalogue:
 *
 * | from the endpoint | code |
 * |---|---|
 * | 429 | `model_rate_limited`, with `retryAfterMs` where said |
 * | 429 for want of money or quota; every other 4xx | `model_rejected_request`, with the endpoint's words |
 * | 408, 409, 5xx, no connection, a broken one, a body that is not what was agreed | `model_unavailable` |
 * | no answer in time | `model_timed_out` |
 *
 * A QuaestorError comes back as it is. Anything else (a bug of ours) comes back unchanged, not disguised as the endpoint's fault.
 */
export const toModelError = (error: unknown): unknown => {
  if (error instanceof QuaestorError) return error;
  if (error instanceof APIConnectionTimeoutError) {
    return new QuaestorError('model_timed_out', 'The connection to the model endpoint timed out.', {
      cause: error,
    });
  }
  if (error instanceof APIConnectionError) return unreachable(error);
  if (error instanceof APIError && typeof error.status === 'number') return fromStatus(error, error.status);
  if (isNamed(error, 'SyntaxError')) {
    return new QuaestorError('model_unavailable', 'The model endpoint sent a body that is not JSON.', {
      cause: error,
    });
  }
  // What Node's fetch throws while a body is read: TypeError "terminated" with the socket's error as its cause.
  if (isNamed(error, 'TypeError') && (error.message === 'terminated' || networkCode(error) !== undefined)) {
    return unreachable(error);
  }
  return error;
};

/** For an answer that has come and parses but is not what the protocol says. */
export const malformedAnswer = (what: string): QuaestorError =>
  new QuaestorError('model_unavailable', `The model endpoint sent an answer that cannot be used: ${what}.`);

/** By name: Node's fetch and JSON parser may belong to another realm (a vm context), where `instanceof` does not hold. */
const isNamed = (error: unknown, name: string): error is Error =>
  typeof error === 'object' &&
  error !== null &&
  (error as Partial<Error>).name === name &&
  'message' in error;

const fromStatus = (error: APIError, status: number): QuaestorError => {
  const words = endpointWords(error);
  const wait = error.headers ? retryAfterMs(error.headers) : undefined;
  const details: Record<string, unknown> = {
    status,
    ...(typeof error.code === 'string' ? { endpointCode: error.code } : {}),
    ...(error.requestID ? { endpointRequestId: error.requestID } : {}),
    ...(words ? { endpointMessage: words } : {}),
  };
  const said = words ? `: ${words}` : '.';
  const options = { cause: error, details, ...(wait === undefined ? {} : { retryAfterMs: wait }) };

  if (status === 429 && !QUOTA_CODES.has(error.code ?? '') && !QUOTA_CODES.has(error.type ?? '')) {
    return new QuaestorError('model_rate_limited', `The model endpoint asks to wait (429)${said}`, options);
  }
  if (status === 408 || status === 409 || status >= 500) {
    return new QuaestorError('model_unavailable', `The model endpoint answered ${status}${said}`, options);
  }
  return new QuaestorError('model_rejected_request', `The model endpoint answered ${status}${said}`, {
    cause: error,
    details,
  });
};

/** The endpoint's message without the status that the client puts in front, cut, and with anything like a key blotted out. */
const endpointWords = (error: APIError): string => {
  const words = error.message
    .replace(/^\d{3} /, '')
    .replace('status code (no body)', '')
    .replace(/\bsk-[\w-]{6,}/g, 'sk-…')
    .replace(/\bBearer\s+\S+/gi, 'Bearer …')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > WORDS_CHARS ? `${words.slice(0, WORDS_CHARS)}…` : words;
};

const unreachable = (error: Error): QuaestorError => {
  const code = networkCode(error);
  return new QuaestorError(
    'model_unavailable',
    `The model endpoint cannot be reached or broke the connection${code ? ` (${code})` : ''}.`,
    { cause: error, ...(code ? { details: { networkCode: code } } : {}) },
  );
};

/** The first `code` down the chain of causes: ECONNREFUSED, ENOTFOUND, UND_ERR_SOCKET. */
const networkCode = (error: unknown): string | undefined => {
  let at = error;
  for (let depth = 0; depth < 8 && typeof at === 'object' && at !== null; depth += 1) {
    const { code, cause } = at as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return code;
    at = cause;
  }
  return undefined;
};
