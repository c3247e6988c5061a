import type {
  ColumnProfile,
  Finding,
  NoticeKind,
  PatternCount,
  WarningKind,
} from '../../../contracts/dataset-profile.js';
import type { TextKind } from '../classify-text.js';
import type { PlacedValue } from '../outliers.js';
import type { TextMix } from '../semantic-type.js';

export interface UnitCount {
  /** Small letters, no spaces; empty for a number without unit. */
  unit: string;
  count: number;
  firstRow: number;
  examples: string[];
}

/** What the rules look at: the profile, and what is too long to keep in it. */
export interface ColumnEvidence {
  profile: ColumnProfile;
  mix?: TextMix;
  main?: { kind: TextKind; share: number } | null;
  patterns: PatternCount[];
  units: UnitCount[];
  /** Cells with what may be personal data inside longer text, and the first matches. */
  embedded?: { count: number; matches: { match: string; row: number }[] };
  /** The least values ascending and the greatest descending, 60 of each at most. */
  least: PlacedValue[];
  greatest: PlacedValue[];
}

export type ColumnRule = (evidence: ColumnEvidence) => Finding[];

/** Cells of a column that hold something. */
export const cellsOf = (profile: ColumnProfile): number =>
  profile.rows - profile.nulls - (profile.text ? profile.text.empty + profile.text.blank : 0);

export function warning(
  profile: ColumnProfile,
  kind: WarningKind,
  count: number,
  message: string,
  more: Pick<Finding, 'rows' | 'examples'> = {},
): Finding {
  return { level: 'warning', kind, column: profile.name, count: Math.round(count), message, ...more };
}

export function notice(
  profile: ColumnProfile,
  kind: NoticeKind,
  count: number,
  message: string,
  more: Pick<Finding, 'rows' | 'examples'> = {},
): Finding {
  return { level: 'notice', kind, column: profile.name, count: Math.round(count), message, ...more };
}

/** 12.3 % */
export const percent = (part: number, whole: number): string =>
  `${whole > 0 ? Math.round((part / whole) * 1000) / 10 : 0} %`;
