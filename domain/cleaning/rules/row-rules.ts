import type { CleaningStep } from '../../../contracts/cleaning.js';
import type { Finding } from '../../../contracts/dataset-profile.js';
import type { Rule } from './rule.js';

const STEPS: readonly [Finding['kind'][], CleaningStep][] = [
  [['repeated-header'], { kind: 'drop-repeated-headers' }],
  [['preamble-rows', 'footer-rows'], { kind: 'drop-edge-rows' }],
  [['subtotal-rows'], { kind: 'drop-total-rows' }],
  [['empty-rows'], { kind: 'drop-missing', how: 'all' }],
];

/** Rows that are no data. */
export const foreignRowRules: Rule = ({ found }) =>
  STEPS.flatMap(([kinds, step]) => {
    // What was left out when the file was read has no row any more, and nothing has to be dropped for it.
    const mends = kinds.flatMap(found).filter((finding) => finding.rows !== undefined);
    if (mends.length === 0) return [];
    return [{ step, reason: mends.map(({ message }) => message).join(' '), recommended: true, mends }];
  });

/** At the end, when cells that were written in several ways are equal. */
export const duplicateRowRules: Rule = ({ found }) =>
  found('duplicate-rows').map((finding) => ({
    step: { kind: 'drop-duplicates', keep: 'first' },
    reason: finding.message,
    recommended: true,
    mends: [finding],
  }));

export const columnRules: Rule = ({ found }) => {
  const empty = found('empty-column');
  return [
    ...(empty.length === 0
      ? []
      : [
          {
            step: { kind: 'drop-columns' as const, columns: empty.flatMap(({ column }) => column ?? []) },
            reason: empty.map(({ message }) => message).join(' '),
            recommended: true,
            mends: empty,
          },
        ]),
    ...found('duplicate-column').map((finding) => ({
      step: { kind: 'drop-columns' as const, columns: [finding.column ?? ''] },
      reason: finding.message,
      recommended: false,
      mends: [finding],
    })),
  ];
};
