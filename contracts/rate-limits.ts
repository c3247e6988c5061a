import type { Tier } from './identity.js';

/** What a user may do only so often. Each has its own budget. */
export const LIMITED_ACTIONS = ['questions', 'indexing', 'profiles', 'uploads'] as const;
export type LimitedAction = (typeof LIMITED_ACTIONS)[number];

/** The largest file that a tier may upload, in bytes; set from the environment as QUAESTOR_LIMIT_<TIER>_UPLOAD_MB. */
export type UploadLimitTable = Readonly<Record<Tier, number>>;

export const UPLOAD_BYTES: UploadLimitTable = {
  FREE: 2 * 1024 ** 3,
  PRO: 4 * 1024 ** 3,
  ENTERPRISE: 16 * 1024 ** 3,
};

/** Requests of one user a minute, by tier and action; 0 means no limit. */
export type RateLimitTable = Readonly<Record<Tier, Readonly<Record<LimitedAction, number>>>>;

/**
 * Defaults. Every figure can be set from the environment as QUAESTOR_LIMIT_<TIER>_<ACTION>, for example
 * QUAESTOR_LIMIT_FREE_QUESTIONS=20 (platform/config.ts reads them); QUAESTOR_RATE_LIMITS=false switches all of them off.
 */
export const RATE_LIMITS: RateLimitTable = {
  FREE: { questions: 10, indexing: 5, profiles: 5, uploads: 3 },
  PRO: { questions: 60, indexing: 20, profiles: 30, uploads: 20 },
  ENTERPRISE: { questions: 600, indexing: 100, profiles: 300, uploads: 200 },
};
