import type { ColumnProfile } from '../../../contracts/dataset-profile.js';
import { NULL_WORDS } from '../../profile/null-words.js';
import { forColumns, type Proposal, type Rule } from './rule.js';

export const trimRules: Rule = ({ found }) =>
  forColumns(
    found('padded-values'),
    (columns) => ({ kind: 'trim', columns, collapse: false }),
    'Cells begin or end with white space.',
  );

export const nullWordRules: Rule = ({ found }) =>
  forColumns(
    found('null-words'),
    (columns) => ({ kind: 'null-words', columns, words: [...NULL_WORDS] }),
    'Cells hold a word for "nothing".',
  );

/** Spellings of one value go to the most frequent; variants for sure, slips as a choice. */
export const similarValueRules: Rule = ({ profile, found }) => {
  const told = new Map(found('similar-values').map((finding) => [finding.column, finding]));
  const padded = new Set(found('padded-values').map(({ column }) => column));
  return profile.columns.flatMap((column) => {
    const finding = told.get(column.name);
    if (!finding) return [];
    return (['variant', 'typo'] as const).flatMap((kind): Proposal[] => {
      const values = replacements(column, kind, padded.has(column.name));
      if (values.length === 0) return [];
      const what =
        kind === 'variant' ? 'are written in more than one way' : 'look like slips of frequent ones';
      return [
        {
          step: { kind: 'replace-values', column: column.name, values },
          reason: `${values.length} values of ${column.name} ${what}.`,
          recommended: kind === 'variant',
          mends: [finding],
        },
      ];
    });
  });
};

/** Of each group every other spelling to the most frequent one; `from` as it is after trimming where the column is trimmed. */
function replacements(
  column: ColumnProfile,
  kind: 'variant' | 'typo',
  isTrimmed: boolean,
): { from: string; to: string }[] {
  const written = (text: string): string => (isTrimmed ? text.trim() : text);
  const found = new Map<string, string>();
  for (const group of column.similar ?? []) {
    // What the profile cut off cannot be compared with a cell.
    if (group.kind !== kind || group.values.some(({ text }) => text.length >= 200)) continue;
    const counts = new Map<string, number>();
    for (const { text, count } of group.values) {
      counts.set(written(text), (counts.get(written(text)) ?? 0) + count);
    }
    const [best] = [...counts].sort(([, a], [, b]) => b - a);
    for (const from of counts.keys()) if (best && from !== best[0]) found.set(from, best[0]);
  }
  // A chain (a to b, b to c) goes to its end; a circle stays as it is.
  return [...found].flatMap(([from, to]) => {
    const end = found.get(to) ?? to;
    return end === from || found.has(end) ? [] : [{ from, to: end }];
  });
}

const YES = ['true', 't', 'yes', 'y', '1', 'on', 'ja', 'j', 'oui', 'si', 'sí'];
const NO = ['false', 'f', 'no', 'n', '0', 'off', 'nein', 'non'];

export const booleanRules: Rule = ({ found, column }) =>
  found('mixed-booleans').flatMap((finding) => {
    const name = column(finding.column)?.name;
    if (name === undefined) return [];
    return [
      {
        step: { kind: 'parse-booleans', columns: [name], yes: YES, no: NO, misfits: 'null' },
        reason: finding.message,
        recommended: true,
        mends: [finding],
      },
    ];
  });

/** Hashes keep equal values equal, so that they can still be counted and joined. */
export const personalDataRules: Rule = ({ found }) =>
  found('personal-data').flatMap((finding) =>
    finding.column === undefined
      ? []
      : [
          {
            step: { kind: 'mask', columns: [finding.column], method: 'hash' },
            reason: `${finding.message} Give a salt, or short values can be guessed.`,
            recommended: false,
            mends: [finding],
          },
        ],
  );
