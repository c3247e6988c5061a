import type { Tier } from '../../contracts/identity.js';
import {
  LIMITED_ACTIONS,
  type LimitedAction,
  RATE_LIMITS,
  type RateLimitTable,
  UPLOAD_BYTES,
  type UploadLimitTable,
} from '../../contracts/rate-limits.js';

const PREFIX = 'QUAESTOR_LIMIT_';
const UPLOAD_SUFFIX = '_UPLOAD_MB';
const TIERS = Object.keys(RATE_LIMITS) as Tier[];

const filled = (perMinute: number | undefined): RateLimitTable => {
  const row = (tier: Tier) =>
    Object.fromEntries(
      LIMITED_ACTIONS.map((action) => [action, perMinute ?? RATE_LIMITS[tier][action]]),
    ) as Record<LimitedAction, number>;
  return { FREE: row('FREE'), PRO: row('PRO'), ENTERPRISE: row('ENTERPRISE') };
};

export const NO_RATE_LIMITS: RateLimitTable = filled(0);

/** The table with what QUAESTOR_LIMIT_<TIER>_<ACTION> sets; what is wrong is added to `problems`. */
export function parseRateLimits(env: NodeJS.ProcessEnv, problems: string[]): RateLimitTable {
  const table = filled(undefined) as Record<Tier, Record<LimitedAction, number>>;
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || name.endsWith(UPLOAD_SUFFIX)) continue;
    const [tierName, actionName] = name.slice(PREFIX.length).split('_', 2);
    const tier = TIERS.find((known) => known === tierName);
    const action = LIMITED_ACTIONS.find((known) => known.toUpperCase() === actionName);
    const perMinute = Number(text);
    if (!tier || !action) {
      problems.push(
        `${name}: no such tier or action; tiers: ${TIERS.join(', ')}; actions: ${LIMITED_ACTIONS.join(', ').toUpperCase()}`,
      );
    } else if (!Number.isInteger(perMinute) || perMinute < 0) {
      problems.push(`${name}: must be a whole number of requests a minute (0: no limit), not "${text}"`);
    } else {
      table[tier][action] = perMinute;
    }
  }
  return table;
}

/** The largest uploads with what QUAESTOR_LIMIT_<TIER>_UPLOAD_MB sets; what is wrong is added to `problems`. */
export function parseUploadLimits(env: NodeJS.ProcessEnv, problems: string[]): UploadLimitTable {
  const table: Record<Tier, number> = { ...UPLOAD_BYTES };
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || !name.endsWith(UPLOAD_SUFFIX)) continue;
    const tier = TIERS.find((known) => known === name.slice(PREFIX.length, -UPLOAD_SUFFIX.length));
    const megabytes = Number(text);
    if (!tier) problems.push(`${name}: no such tier; tiers: ${TIERS.join(', ')}`);
    else if (!Number.isInteger(megabytes) || megabytes < 1) {
      problems.push(`${name}: must be a whole number of megabytes of at least 1, not "${text}"`);
    } else table[tier] = megabytes * 1024 ** 2;
  }
  return table;
}
