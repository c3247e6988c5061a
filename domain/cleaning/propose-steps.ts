import type { Finding } from '../../contracts/dataset-profile.js';
import { checkRecipe } from './check-recipe.js';
import { impossibleValueRules, outlierRules, placeholderRules } from './rules/number-rules.js';
import { columnRules, duplicateRowRules, foreignRowRules } from './rules/row-rules.js';
import type { Proposal, Rule, RuleInput } from './rules/rule.js';
import {
  booleanRules,
  nullWordRules,
  personalDataRules,
  similarValueRules,
  trimRules,
} from './rules/text-rules.js';
import { dateRules, numberRules, unitRules } from './rules/type-rules.js';

/** Raised when the same profile comes to give other proposals: plans of older rules are then no longer found. */
export const RULES_VERSION = 2;

/** In the order in which the steps belong: rows that are no data first, then cells, then types, then what compares rows. */
const RULES: readonly Rule[] = [
  foreignRowRules,
  trimRules,
  nullWordRules,
  booleanRules,
  unitRules,
  numberRules,
  dateRules,
  similarValueRules,
  placeholderRules,
  impossibleValueRules,
  outlierRules,
  columnRules,
  duplicateRowRules,
  personalDataRules,
];

export interface Proposals {
  /** What is recommended first, then what is a choice. */
  proposals: Proposal[];
  /** Warnings that no step mends. */
  unhandled: Finding[];
}

/** Steps that mend what a profile found. Each fits the columns as the steps before it leave them. */
export function proposeSteps(profile: RuleInput['profile']): Proposals {
  const columns = new Map(profile.columns.map((column) => [column.name, column]));
  const input: RuleInput = {
    profile,
    found: (kind) => profile.findings.filter((finding) => finding.kind === kind),
    column: (name) => (name === undefined ? undefined : columns.get(name)),
  };
  const all = RULES.flatMap((rule) => rule(input));
  const sorted = [
    ...all.filter(({ recommended }) => recommended),
    ...all.filter(({ recommended }) => !recommended),
  ];
  const { problems } = checkRecipe(
    sorted.map(({ step }) => step),
    profile.columns,
  );
  const unfit = new Set(problems.map(({ step }) => step));
  const proposals = sorted.filter((_, index) => !unfit.has(index));
  const mended = new Set(proposals.flatMap(({ mends }) => mends));
  return {
    proposals,
    unhandled: profile.findings.filter((each) => each.level === 'warning' && !mended.has(each)),
  };
}
