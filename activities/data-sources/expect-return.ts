import { Context } from '@temporalio/activity';
import { QuaestorError } from '../../contracts/quaestor-error.js';

/** Between two looks at a data source that has gone away: with the queue's five attempts it may be away for some 20 s. */
const RETURN_AFTER_MS = 5_000;

/**
 * A data source that cannot be reached at all is a fault of its settings, and trying again would only delay saying so. One that was
 * reached by this job before (`wasReached`, or an earlier attempt of this step) is rather being restarted: then it is waited for.
 */
export async function expectReturn<Result>(
  wasReached: boolean,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isAway = error instanceof QuaestorError && error.code === 'data_source_unreachable';
    if (!isAway || !(wasReached || Context.current().info.attempt > 1)) throw error;
    throw new QuaestorError(
      'data_source_connection_lost',
      `The data source has gone away while it was being used. ${error.message}`,
      { cause: error, retryAfterMs: RETURN_AFTER_MS },
    );
  }
}
