import type { Finding } from '../../../contracts/dataset-profile.js';
import type { ColumnEvidence, ColumnRule } from './column-evidence.js';
import { dateRules, keyRules, orderNotices, personalRules } from './key-rules.js';
import { missingRules } from './missing-rules.js';
import { distributionNotices, impossibleRules, lateFractionRules, outlierRules } from './number-rules.js';
import {
  booleanRules,
  characterRules,
  formatRules,
  kindRules,
  similarRules,
  unitRules,
} from './text-rules.js';

export type { ColumnEvidence, UnitCount } from './column-evidence.js';

const RULES: readonly ColumnRule[] = [
  missingRules,
  keyRules,
  characterRules,
  kindRules,
  formatRules,
  unitRules,
  booleanRules,
  similarRules,
  outlierRules,
  impossibleRules,
  lateFractionRules,
  dateRules,
  personalRules,
  distributionNotices,
  orderNotices,
];

/** Everything that can be said of a column by itself: warnings (likely defects) and notices (properties). */
export const warnAboutColumn = (evidence: ColumnEvidence): Finding[] =>
  RULES.flatMap((rule) => rule(evidence));
