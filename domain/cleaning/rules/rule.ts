import type { CleaningStep } from '../../../contracts/cleaning.js';
import type { ColumnProfile, DatasetProfile, Finding } from '../../../contracts/dataset-profile.js';

/** A step that a rule proposes, and the findings that it mends. */
export interface Proposal {
  step: CleaningStep;
  reason: string;
  /** Sure enough to be accepted with all others; else it is a choice. */
  recommended: boolean;
  mends: Finding[];
}

export interface RuleInput {
  profile: Pick<DatasetProfile, 'rows' | 'columns' | 'findings'>;
  /** Findings of a kind. */
  found(kind: Finding['kind']): Finding[];
  column(name: string | undefined): ColumnProfile | undefined;
}

export type Rule = (input: RuleInput) => Proposal[];

/** One step for all columns of which the same is said. */
export function forColumns(
  findings: readonly Finding[],
  make: (columns: string[]) => CleaningStep,
  reason: string,
): Proposal[] {
  const columns = findings.flatMap(({ column }) => column ?? []);
  if (columns.length === 0) return [];
  return [{ step: make(columns), reason, recommended: true, mends: [...findings] }];
}
