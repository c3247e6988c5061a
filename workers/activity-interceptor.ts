import type { Context, Info } from '@temporalio/activity';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { isQuaestorError, toActivityFailure } from '../activities/activity-failure.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { type Logger, withLogContext } from '../platform/logger.js';

/** An error that nobody foresaw may pass (a bug met by a race); after this many attempts it is final. */
const UNFORESEEN_ATTEMPTS = 5;
/** The last part of a step's whole time: what fails there is final, so that its own code reaches the reader and not a time-out's. */
const LAST_PART = 0.1;

/** Around each activity: its ids go into every log line, and errors become failures that Temporal understands. */
export const activityInterceptor =
  (logger: Logger) =>
  (context: Context): ActivityInterceptors => ({
    inbound: {
      execute: async (input, next) => {
        const { workflowExecution, activityType } = context.info;
        const ids = {
          activity: activityType,
          ...(workflowExecution
            ? { workflowId: workflowExecution.workflowId, runId: workflowExecution.runId }
            : {}),
        };
        return await withLogContext(ids, async () => {
          try {
            return await next(input);
          } catch (error) {
            if (error instanceof TemporalFailure || context.cancellationSignal.aborted) throw error;
            logger.warn({ err: error, attempt: context.info.attempt }, 'an activity failed');
            throw toFailure(error, context.info);
          }
        });
      },
    },
  });

function toFailure(error: unknown, info: Info): unknown {
  if (isQuaestorError(error)) return toActivityFailure(error, { isFinal: isNearTheEnd(info) });
  if (info.attempt < UNFORESEEN_ATTEMPTS && !isNearTheEnd(info)) {
    return ApplicationFailure.create({
      type: 'internal_error',
      message: 'A step failed in an unforeseen way.',
    });
  }
  const known = new QuaestorError(
    'internal_error',
    'A step failed in a way that was not foreseen; the log has the details.',
  );
  return toActivityFailure(known, { isFinal: true });
}

function isNearTheEnd({ scheduledTimestampMs, scheduleToCloseTimeoutMs }: Info): boolean {
  if (!scheduleToCloseTimeoutMs) return false;
  return Date.now() - scheduledTimestampMs > scheduleToCloseTimeoutMs * (1 - LAST_PART);
}
