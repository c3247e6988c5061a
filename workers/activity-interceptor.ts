import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { isQuaestorError, toActivityFailure } from '../activities/activity-failure.js';
import { withLogContext } from '../platform/logger.js';

/** Around each activity: its ids go into every log line, and errors of the catalogue become failures that Temporal understands. */
export const activityInterceptor = (context: Context): ActivityInterceptors => ({
  inbound: {
    execute: async (input, next) => {
      const { workflowExecution, activityType } = context.info;
      const ids = {
        activity: activityType,
        ...(workflowExecution
          ? { workflowId: workflowExecution.workflowId, runId: workflowExecution.runId }
          : {}),
      };
      try {
        return await withLogContext(ids, async () => await next(input));
      } catch (error) {
        throw isQuaestorError(error) ? toActivityFailure(error) : error;
      }
    },
  },
});
