import type { Response } from 'express';
import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { LimitedAction, RateLimitTable } from '../contracts/rate-limits.js';
import type { RateLimiter } from '../platform/rate-limit/rate-limiter.js';

/** Counts a request against its user's budget, before it starts anything. */
export type LimitRate = (caller: Caller, action: LimitedAction, res: Response) => Promise<void>;

const seconds = (ms: number): number => Math.ceil(ms / 1_000);

/**
 * Sets `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10) on every reply of a limited route.
 * @throws QuaestorError `rate_limited` with the time until the next request may come.
 */
export function createLimitRate(limiter: RateLimiter, limits: RateLimitTable): LimitRate {
  return async (caller, action, res) => {
    const perMinute = limits[caller.tier][action];
    if (perMinute === 0) return;
    const take = await limiter.take(`${action}:${caller.tenantId}:${caller.userId}`, perMinute);
    res.set('RateLimit-Policy', `"${action}";q=${perMinute};w=60`);
    res.set('RateLimit', `"${action}";r=${take.remaining};t=${seconds(take.resetMs)}`);
    if (take.isAllowed) return;
    throw new QuaestorError(
      'rate_limited',
      `At most ${perMinute} ${action} a minute; the next may come in ${seconds(take.retryAfterMs)} s.`,
      { retryAfterMs: take.retryAfterMs, details: { action, perMinute, tier: caller.tier } },
    );
  };
}
