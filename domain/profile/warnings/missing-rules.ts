import { sayCount } from '../../say-count.js';
import { type ColumnRule, cellsOf, notice, percent, warning } from './column-evidence.js';

const FEW_ROWS = 10;

/** Empty, constant and half-empty columns, and words for nothing. */
export const missingRules: ColumnRule = ({ profile }) => {
  const { rows, name } = profile;
  const cells = cellsOf(profile);
  if (rows === 0) return [];
  if (cells === 0)
    return [
      warning(
        profile,
        'empty-column',
        rows,
        `${name} holds nothing in any of ${sayCount(rows, 'row', 'rows')}.`,
      ),
    ];
  const missing = rows - cells;
  // Beside a plus, a dash is a minus.
  const signs = profile.top.some(({ text }) => text.trim() === '+')
    ? profile.top.filter(({ text }) => /^\p{Pd}$/u.test(text.trim()))
    : [];
  const words = (profile.text?.nullWords ?? 0) - signs.reduce((sum, { count }) => sum + count, 0);
  const found = [];
  if (profile.distinct === 1 && rows >= FEW_ROWS && missing <= rows * 0.05) {
    found.push(
      warning(profile, 'constant-column', rows, `${name} says the same in every row.`, {
        examples: profile.top.slice(0, 1).map(({ text }) => text),
      }),
    );
  }
  if (missing >= rows / 2 && rows >= FEW_ROWS) {
    found.push(
      warning(profile, 'mostly-missing', missing, `${percent(missing, rows)} of ${name} is missing.`),
    );
  } else if (missing > 0) {
    found.push(notice(profile, 'missing', missing, `${percent(missing, rows)} of ${name} is missing.`));
  }
  // Where most cells say so, the word is an answer of its own.
  if (words > 0 && words < cells * 0.9 && profile.distinct > 1) {
    found.push(
      warning(
        profile,
        'null-words',
        words,
        `${sayCount(words, `cell of ${name} holds`, `cells of ${name} hold`)} a word for "nothing".`,
        {
          examples: profile.text!.nullWordExamples,
        },
      ),
    );
  }
  return found;
};
