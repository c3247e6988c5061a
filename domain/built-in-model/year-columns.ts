import type { LexemeOf } from './lexeme.js';
import type { ColumnInfo } from './vocabulary.js';

/** Say by themselves that a whole number is the year in which something came to be. */
const FOUNDING = new Set('founded established built constructed inaugurated incorporated born'.split(' '));
/** A number that is counted or paid in a year, rather than a year. */
const MEASURED = new Set(
  'number count amount total sum cost price fee rent revenue income salary sale per average rate age experience term duration length limit quota'.split(
    ' ',
  ),
);

/** `year_built`, `published_year`, `founded`: a whole number that is a calendar year. */
export function isYearColumn({ isKey, kind, source, words }: ColumnInfo): boolean {
  if (
    kind !== 'number' ||
    isKey ||
    !/^(?:small|big|medium)?int|^int|^year|^numeric\(4(?:,0)?\)/i.test(source.dataType)
  )
    return false;
  if (words.some((word) => MEASURED.has(word.concept)) || /years|yrs/i.test(source.name)) return false;
  const [only] = words;
  return words.some((word) => word.concept === 'year') || (words.length === 1 && FOUNDING.has(only!.concept));
}

/** "built", "founded": what happened in the year, rather than the year itself. */
export const isFounding = ({ column, words }: Pick<LexemeOf<'column'>, 'column' | 'words'>): boolean =>
  isYearColumn(column) && /(?:ed|built|born)$/.test(words);
