import type { PlannedStep } from '../../../contracts/cleaning.js';
import type { RuleInput } from '../rules/rule.js';

/** What a model is told of a dataset: bounded, and without the values of columns that look personal. */
export interface CleaningEvidence {
  rows: number;
  columns: {
    name: string;
    type: string;
    missing: number;
    distinct: number;
    /** Absent where they are withheld. */
    values?: string[];
    findings: string[];
  }[];
  /** Columns beyond the first ones. */
  omitted: number;
  proposed: PlannedStep['step'][];
}

const COLUMNS = 80;
const VALUES = 12;
const VALUE_CHARS = 60;

export function cleaningEvidence(
  { rows, columns, findings }: RuleInput['profile'],
  proposed: readonly PlannedStep[],
): CleaningEvidence {
  const personal = new Set(
    findings.filter(({ kind }) => kind === 'personal-data').map(({ column }) => column),
  );
  return {
    rows,
    columns: columns.slice(0, COLUMNS).map((column) => ({
      name: column.name,
      type: column.type,
      missing: column.nulls,
      distinct: column.distinct,
      ...(personal.has(column.name)
        ? {}
        : { values: column.top.slice(0, VALUES).map(({ text }) => text.slice(0, VALUE_CHARS)) }),
      findings: findings
        .filter((each) => each.column === column.name)
        .map(({ kind, count }) => `${kind} (${count})`),
    })),
    omitted: Math.max(0, columns.length - COLUMNS),
    proposed: proposed.map(({ step }) => step),
  };
}
