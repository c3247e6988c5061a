import { possibleRange } from '../../profile/warnings/number-rules.js';
import type { Rule } from './rule.js';

/** -999 and the like: stand-ins for a missing value. A choice, as nobody can be sure. */
export const placeholderRules: Rule = ({ found }) =>
  found('placeholder-values').flatMap((finding) =>
    finding.column === undefined || !finding.examples?.length
      ? []
      : [
          {
            step: {
              kind: 'replace-values',
              column: finding.column,
              values: finding.examples.map((from) => ({ from, to: null })),
            },
            reason: finding.message,
            recommended: false,
            mends: [finding],
          },
        ],
  );

export const impossibleValueRules: Rule = ({ found, column }) =>
  found('impossible-values').flatMap((finding) => {
    const of = column(finding.column);
    const range = of && possibleRange(of.name);
    if (!of || !range) return [];
    const [lower, upper] = range;
    return [
      {
        step: {
          kind: 'cap-outliers',
          columns: [of.name],
          lower,
          ...(Number.isFinite(upper) ? { upper } : {}),
          treat: 'null',
        },
        reason: finding.message,
        recommended: false,
        mends: [finding],
      },
    ];
  });

/** Values apart from all others may be the most interesting ones. */
export const outlierRules: Rule = ({ found, column }) =>
  found('outliers').flatMap((finding) => {
    const of = column(finding.column);
    if (of?.kind !== 'number' || !of.quantiles || of.quantiles.iqr <= 0) return [];
    return [
      {
        step: { kind: 'cap-outliers', columns: [of.name], fences: 3, treat: 'cap' },
        reason: `${finding.message} Cap them only if they are errors.`,
        recommended: false,
        mends: [finding],
      },
    ];
  });
