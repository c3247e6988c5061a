/** Joins of a data source: declared foreign keys, and those that are inferred from names, types and values. */

/** The two ends, by canonical table name and column names in the same order. */
export interface JoinEnds {
  fromTable: string;
  fromColumns: string[];
  toTable: string;
  toColumns: string[];
}

export const JOIN_DECISIONS = ['accepted', 'rejected'] as const;
export type JoinDecision = (typeof JOIN_DECISIONS)[number];

/** A join that no foreign key declares. */
export interface InferredJoin extends JoinEnds {
  /** 0 to 1, how likely it is right. */
  confidence: number;
  /** Why it was inferred, each a few words. */
  evidence: string[];
}

/** A join as the API shows it; those that are declared or given have a confidence of 1 and no evidence. */
export interface SchemaJoin extends InferredJoin {
  /** `declared` by the database, `inferred` by Quaestor, or `given` by a person or an import alone. */
  source: 'declared' | 'inferred' | 'given';
  /** What a person or an import decided; null while nobody did. */
  decision: JoinDecision | null;
}
