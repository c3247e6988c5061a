import type { Query } from './query.js';

/** A query that was made of a reading, and what there is to say of it. */
export interface Plan {
  query: Query;
  notes: string[];
  /** Joins and guesses; compared among readings, and lowers confidence. */
  cost: number;
  /** Things of several tables are counted, and none is left out for having none of the others. */
  keepsAll?: boolean;
}
