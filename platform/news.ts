/**
 * `step`: a job has come further and is not through; `turn` (the default): it may have ended, or it asks its reader. Whoever waits for
 * the end alone need not read the store at each step.
 */
export type News = 'step' | 'turn';
