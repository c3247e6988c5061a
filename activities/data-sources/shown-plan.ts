/** A longer plan is left out of what is told: it would only fill the record. */
const MAX_PLAN_CHARS = 8_000;

/** The part of a QueryPlan that is for people. */
export const shownPlan = (explained: unknown): { explained?: unknown } =>
  explained !== undefined && JSON.stringify(explained).length <= MAX_PLAN_CHARS ? { explained } : {};
