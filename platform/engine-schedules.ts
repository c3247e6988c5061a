import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { callEngine } from './engine-call.js';

/** When something is done again and again: exactly one of `cron` and `everyMinutes`. */
export interface Recurrence {
  /** Five fields. */
  cron?: string | undefined;
  everyMinutes?: number | undefined;
  /** Of `cron`, by its IANA name. Default UTC. */
  timeZone?: string | undefined;
}

/** One run at a time, a little spread, and after an outage at most one run for what was missed. */
export function recurringOptions({
  cron,
  everyMinutes = 0,
  timeZone = 'UTC',
}: Recurrence): Pick<ScheduleOptions, 'spec' | 'policies'> {
  const everyMs = everyMinutes * 60_000;
  return {
    spec: {
      ...(cron ? { cronExpressions: [cron], timezone: timeZone } : { intervals: [{ every: everyMs }] }),
      // What shares a schedule does not all start in the same second; never more than a tenth of a short interval.
      jitter: cron ? 30_000 : Math.min(30_000, everyMs / 10),
    },
    policies: {
      // The one that runs sees the newest state anyway.
      overlap: ScheduleOverlapPolicy.SKIP,
      // After an outage one run is enough, so older misses are let go.
      catchupWindow: '10 minutes',
    },
  };
}

/** Creates a Temporal Schedule, or replaces what it says. @throws QuaestorError `invalid_request` when the engine refuses its times. */
export async function putEngineSchedule(client: Client, options: ScheduleOptions): Promise<void> {
  const { memo: _memo, scheduleId, ...rest } = options;
  const put = async (): Promise<void> => {
    try {
      await callEngine(client, () => client.schedule.create(options));
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await callEngine(client, () =>
        client.schedule.getHandle(scheduleId).update((previous) => ({ ...rest, state: previous.state })),
      );
    }
  };
  try {
    await put();
  } catch (error) {
    const reason = refusedSpec(error);
    if (reason === undefined) throw error;
    throw new QuaestorError('invalid_request', `The schedule is not valid: ${reason}`, { cause: error });
  }
}

/** What the server has against a spec: a TypeError over the plain connection, in a cause's message over the native one. */
function refusedSpec(error: unknown): string | undefined {
  for (
    let at = error as Error | undefined;
    at && typeof at === 'object';
    at = at.cause as Error | undefined
  ) {
    if (at.name === 'TypeError') return at.message;
    const reason = /Invalid schedule spec: (.+)/.exec(at.message)?.[1];
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Does nothing when there is none. */
export async function deleteEngineSchedule(client: Client, scheduleId: string): Promise<void> {
  try {
    await callEngine(client, () => client.schedule.getHandle(scheduleId).delete());
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
