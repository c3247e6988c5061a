import type { ValueCount } from '../../contracts/dataset-profile.js';

/** How many times as frequent a value must be for one that differs in accents to be a slip. */
const AS_RARE = 15;

/**
 * Of values that are equal but for case, accents, spaces and punctuation, those that are probably one: García and Garcia are two names, unless
 * one of them is rare beside the other in a column of other things (`areNames` false). The first value is the most frequent one.
 */
export function withoutNames(values: readonly ValueCount[], areNames: boolean): ValueCount[] {
  const [first] = values;
  if (!first) return [];
  return values.filter(
    (value) =>
      (!areNames && value.count * AS_RARE <= first.count) || lettersOf(value.text) === lettersOf(first.text),
  );
}

const lettersOf = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
