import { InterruptedError, WaitEndedError } from './cli-error.js';
import type { CommandContext } from './command-context.js';
import { type FollowedEvent, followJob } from './follow-job.js';
import { settleChoice } from './settle-choice.js';

export interface WatchJobOptions {
  /** Stop watching after this long. Default: until the job ends. */
  waitMs?: number | undefined;
  /** Lines that stay, for events that should. */
  onEvent?: (event: FollowedEvent) => void;
}

/** How a watch ended: with its job, or because the question waits for a choice that nobody here can make. */
export type Watched = 'ended' | 'waiting';

/**
 * Watches a job to its end and shows its progress.
 * @throws InterruptedError on Ctrl-C, WaitEndedError after `waitMs`; the job goes on in both cases, and how to go on is said.
 */
export async function watchJob(
  context: CommandContext,
  jobId: string,
  { waitMs, onEvent }: WatchJobOptions = {},
): Promise<Watched> {
  const { progress, signal } = context;
  const waiting = new AbortController();
  const timer =
    waitMs === undefined
      ? undefined
      : setTimeout(() => waiting.abort(new WaitEndedError(`The job ${jobId} still runs.`)), waitMs);
  try {
    const ending = AbortSignal.any([signal, waiting.signal]);
    const events = followJob({
      client: context.client,
      jobId,
      signal: ending,
      onReconnect: () => progress.note(context.errorColors.dim('the event stream broke; connecting again')),
    });
    for await (const event of events) {
      progress.show(event);
      onEvent?.(event);
      if (event.kind === 'choice.requested' && !(await settleChoice(context, event.data, ending))) {
        progress.clear();
        return 'waiting';
      }
    }
    progress.clear();
    return 'ended';
  } catch (error) {
    progress.clear();
    if (error instanceof InterruptedError || error instanceof WaitEndedError) {
      progress.note(
        `The job goes on.\n  Watch it:   quaestor jobs watch ${jobId}\n  Cancel it:  quaestor jobs cancel ${jobId}`,
      );
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
