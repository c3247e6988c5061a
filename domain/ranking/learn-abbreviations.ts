import type { RegistryTable } from '../../contracts/schema-registry.js';
import { splitIdentifier, toConcept } from '../built-in-model/words.js';
import { finish } from '../finish.js';

/** Letters of an abbreviation; shorter ones are abbreviations of everything. */
const MIN_LETTERS = 3;
const MAX_LETTERS = 5;
/** Differently named columns or tables whose comments must agree. */
const MIN_WITNESSES = 2;
/** Share of the witnesses of an abbreviation that must mean the same word. */
const MIN_SHARE = 0.6;

/**
 * Abbreviations that a schema explains itself: parts of names that the comments beside them write out (`acct_no`, "account number"), by
 * columns of different names and with one meaning. What the general dictionary knows is left to it.
 * @returns the word in lower case by abbreviation
 */
export const learnAbbreviations = (tables: readonly RegistryTable[]): Map<string, string> =>
  finish(learnAbbreviationsInSteps(tables));

/** The same in small steps. */
export function* learnAbbreviationsInSteps(
  tables: readonly RegistryTable[],
): Generator<void, Map<string, string>> {
  const witnesses = new Map<string, Map<string, Set<string>>>();
  const isWord = new Set<string>();
  const seen = new Map<string, Set<string>>();
  const witness = (name: string, comment: string | null) => {
    if (!comment) return;
    // The same column in many tables is one witness.
    const commentsOfName = seen.get(name) ?? new Set();
    if (commentsOfName.has(comment)) return;
    seen.set(name, commentsOfName.add(comment));
    const words = new Set(splitIdentifier(comment));
    for (const part of splitIdentifier(name)) {
      if (part.length < MIN_LETTERS || part.length > MAX_LETTERS || toConcept(part) !== part) continue;
      if (words.has(part)) isWord.add(part);
      const meant = [...words].filter((word) => abbreviates(part, word));
      if (meant.length !== 1) continue;
      const byWord = witnesses.get(part) ?? new Map<string, Set<string>>();
      const names = byWord.get(meant[0]!) ?? new Set<string>();
      names.add(name.toLowerCase());
      byWord.set(meant[0]!, names);
      witnesses.set(part, byWord);
    }
  };
  for (const table of tables) {
    yield;
    witness(table.tableName, table.comment);
    for (const column of table.columns) witness(column.name, column.comment);
  }
  const learned = new Map<string, string>();
  for (const [part, byWord] of witnesses) {
    // A comment that has the part itself uses it as a word.
    if (isWord.has(part)) continue;
    const counts = [...byWord].map(([word, names]) => ({ word, count: names.size }));
    const all = counts.reduce((sum, { count }) => sum + count, 0);
    const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
    if (best.count >= MIN_WITNESSES && best.count >= MIN_SHARE * all) learned.set(part, best.word);
  }
  return learned;
}

/** The same first letter, the others in their order, and two letters shorter at least; a plural is no other word. */
function abbreviates(part: string, word: string): boolean {
  if (word.length < part.length + 2 || word[0] !== part[0]) return false;
  let at = 0;
  for (const letter of word) if (letter === part[at]) at += 1;
  return at === part.length;
}
