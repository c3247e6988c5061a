import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Database, Transaction } from '../db/database.js';
import { activitySignal } from './activity-context.js';

/** The part of the store that activities use. */
export type TenantStore = Pick<Database, 'withTenant' | 'withTenantAtOnce'>;

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 2_000;
/** Left of an attempt's time for what follows the wait. */
const RESERVE_MS = 5_000;

/** When each running attempt used the store first, which is how it begins; its time counts from there, not from its place in the queue. */
const startedAt = new WeakMap<Context, number>();

/**
 * Does work again while the other side is away, until the activity is cancelled or its time is nearly over. Each try must bear that the one
 * before was done in part.
 */
export async function waitWhileAway<Result>(
  isAway: (error: unknown) => boolean,
  work: () => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const started = startedAt.get(context) ?? Date.now();
  startedAt.set(context, started);
  const giveUpAt = started + context.info.startToCloseTimeoutMs - RESERVE_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || Date.now() + waitMs > giveUpAt) throw error;
    }
    const signal = activitySignal();
    await pause(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/**
 * The store for activities on the queues of scarce things: while it is away they wait for it, heartbeating, instead of failing.
 * A failed attempt would pay again for what the model or the data source has delivered already, and use up retries that are
 * meant for their faults. The wait ends with the activity's cancellation, or shortly before the attempt's time is over.
 *
 * A transaction whose COMMIT broke may run twice, so all that activities write must bear that.
 */
export function createPatientStore(db: TenantStore): TenantStore {
  const patiently = <Result>(work: () => Promise<Result>): Promise<Result> =>
    waitWhileAway((error) => error instanceof QuaestorError && error.code === 'store_unavailable', work);
  return {
    withTenant: <Result>(tenantId: string, work: (tx: Transaction) => Promise<Result>): Promise<Result> =>
      patiently(() => db.withTenant(tenantId, work)),
    withTenantAtOnce: <Result>(
      tenantId: string,
      work: (tx: Transaction) => Promise<Result>,
    ): Promise<Result> => patiently(() => db.withTenantAtOnce(tenantId, work)),
  };
}
