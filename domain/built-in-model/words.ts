import { ABBREVIATIONS, IRREGULAR_WORDS } from './synonyms.js';

/** Splits `camelCase`, `snake_case`, `kebab-case` and `HTTPServer2` into lower-case words. Digits stay with their word. */
export function splitIdentifier(name: string): string[] {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Singular of a lower-case English noun, by rules and a short list of exceptions. */
export function singular(word: string): string {
  const known = IRREGULAR_WORDS[word];
  if (known !== undefined) return known;
  if (word.length < 4) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(ss|us|is|ous)$/.test(word)) return word;
  if (/(sses|shes|ches|xes|zes|uses)$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

/** The form in which words are compared: singular, with abbreviations written out (`qty` is `quantity`). */
export function toConcept(word: string): string {
  const lower = word.toLowerCase();
  return ABBREVIATIONS[lower] ?? ABBREVIATIONS[singular(lower)] ?? singular(lower);
}

/** What is left of a verb form or noun without its ending, so that `shipped`, `shipping` and `ship` meet. */
export function rootOf(word: string): string {
  let root = toConcept(word);
  if (root.length > 5 && root.endsWith('ing')) root = root.slice(0, -3);
  else if (root.length > 4 && root.endsWith('ed')) root = root.slice(0, -2);
  if (root.length > 3 && /([bdgmnprt])\1$/.test(root)) root = root.slice(0, -1);
  if (root.length > 3 && root.endsWith('e')) root = root.slice(0, -1);
  return root.length > 4 && root.endsWith('i') ? `${root.slice(0, -1)}y` : root;
}

/** Say nothing about what a text is about. */
export const EMPTY_WORDS: ReadonlySet<string> = new Set(
  'a an the of in on at to for by per from with and or is are was were be do does did have has had there what which who how many much each every show list give me we our'.split(
    ' ',
  ),
);
