import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import { type Logger, withLogContext } from '../platform/logger.js';
import type { Metrics } from '../platform/metrics.js';

const GIVEN_ID = /^[\w.:-]{1,128}$/;
/** Asked every few seconds by machines. */
const QUIET = /^\/(health|metrics|docs)\b/;

export const requestIdOf = (req: Request): string => String((req as { id?: unknown }).id);

/**
 * Gives every request an id (the caller's `x-request-id` when it is a decent one), one log line when it ends, and its metrics.
 * Headers and bodies are never logged: they hold keys and connection strings.
 */
export function logRequests(logger: Logger, metrics: Metrics): RequestHandler[] {
  const log = pinoHttp({
    logger,
    genReqId: (req: IncomingMessage, res) => {
      const given = req.headers['x-request-id'];
      const id = typeof given === 'string' && GIVEN_ID.test(given) ? given : randomUUID();
      res.setHeader('x-request-id', id);
      return id;
    },
    autoLogging: { ignore: (req) => QUIET.test(req.url ?? '') },
    customLogLevel: (_req, res) => (res.statusCode >= 500 ? 'warn' : 'info'),
    // The error has its own line (api/problem.ts); here it would repeat what Express made of it.
    customErrorObject: (_req, _res, _error, { err: _err, ...line }: Record<string, unknown>) => line,
    serializers: {
      req: (req: { id: string; method: string; url: string }) => ({
        id: req.id,
        method: req.method,
        url: req.url,
      }),
      res: (res: { statusCode: number }) => ({ statusCode: res.statusCode }),
    },
  });
  return [
    log,
    (req, res, next) => {
      const startedAt = performance.now();
      res.once('close', () => {
        metrics.observeRequest({
          method: req.method,
          route: (res.locals['route'] as string | undefined) ?? 'unmatched',
          status: res.statusCode,
          durationMs: performance.now() - startedAt,
        });
      });
      withLogContext({ requestId: requestIdOf(req) }, () => next());
    },
  ];
}
