import { AsyncLocalStorage } from 'node:async_hooks';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Ids that every log line of a request or a workflow step carries. */
export interface LogContext {
  requestId?: string;
  tenantId?: string;
  workflowId?: string;
  runId?: string;
  activity?: string;
}

const context = new AsyncLocalStorage<LogContext>();

/** Runs `work`; each line logged inside carries these ids, added to those from outside. */
export const withLogContext = <T>(ids: LogContext, work: () => T): T =>
  context.run({ ...context.getStore(), ...ids }, work);

/** Structured logs as JSON lines on stdout. Secrets are redacted by path, whatever the caller logs. */
export function createLogger(options: {
  level: string;
  name: string;
  destination?: DestinationStream;
}): Logger {
  const settings = {
    level: options.level,
    base: { name: options.name },
    mixin: () => ({ ...context.getStore() }),
    redact: {
      paths: [
        'connectionString',
        '*.connectionString',
        'apiKey',
        '*.apiKey',
        'req.headers.authorization',
        'req.headers.cookie',
        'password',
        '*.password',
      ],
      censor: '[redacted]',
    },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}
