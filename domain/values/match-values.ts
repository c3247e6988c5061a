import type { SampledValues, SchemaContext } from '../../contracts/schema-registry.js';
import { EMPTY_WORDS, rootOf, splitIdentifier } from '../built-in-model/words.js';

/** Values of one column that are passed on, the best matches first. */
const COLUMN_VALUES = 12;
/** Values of all columns together. */
const ALL_VALUES = 80;
/** Shortest beginning that two words must share to be alike: "successful" and `success`. */
const COMMON_BEGINNING = 5;

/**
 * The stored values that a question may speak of: those that share a word with it, and all values of a column that it names
 * where they are few. In the stored spelling, of the tables given only.
 */
export function matchValues(
  question: string,
  tables: SchemaContext['tables'],
  values: SampledValues,
): SampledValues {
  // A code in capitals (`IN`, `OR`) is no empty word.
  const codes = question.match(/\b\p{Lu}{2,}\b/gu) ?? [];
  const said = [...rootsOf(question), ...codes.map(rootOf)];
  const asked = new Set([...said, ...said.flatMap((word) => PRESENT[word] ?? [])]);
  const found: { name: string; value: string; score: number }[] = [];
  for (const table of tables) {
    for (const column of table.columns) {
      const list = values[column.canonicalColumnName] ?? [];
      if (list.length === 0) continue;
      const isNamed = list.length <= COLUMN_VALUES && rootsOf(column.name).some((root) => asked.has(root));
      const scored = list
        .map((value) => ({
          name: column.canonicalColumnName,
          value,
          score: likeness(value, asked) || (isNamed ? 0.01 : 0),
        }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score);
      found.push(...scored.slice(0, COLUMN_VALUES));
    }
  }
  found.sort((a, b) => b.score - a.score);
  const kept: Record<string, string[]> = {};
  for (const { name, value } of found.slice(0, ALL_VALUES)) kept[name] = [...(kept[name] ?? []), value];
  return kept;
}

/** "bought" asks for what is stored as `buy`. */
const PRESENT: Readonly<Record<string, string>> = {
  bought: 'buy',
  sold: 'sell',
  paid: 'pay',
  sent: 'send',
  lost: 'lose',
  won: 'win',
};

/** Words as they are compared. Empty words are left out unless there are no others (a state `IN`, a grade `A`). */
function rootsOf(text: string): string[] {
  const words = splitIdentifier(text);
  const telling = words.filter((word) => !EMPTY_WORDS.has(word));
  return (telling.length > 0 ? telling : words).map(rootOf);
}

/** The part of the value's words that the question has, 0 to 1; words that only begin alike count half. */
function likeness(value: string, asked: ReadonlySet<string>): number {
  const roots = rootsOf(value);
  if (roots.length === 0) return 0;
  const hits = roots.map((root) => (asked.has(root) ? 1 : beginsAlike(root, asked) ? 0.5 : 0));
  return hits.reduce<number>((sum, hit) => sum + hit, 0) / roots.length;
}

function beginsAlike(root: string, asked: ReadonlySet<string>): boolean {
  if (root.length < COMMON_BEGINNING) return false;
  for (const other of asked)
    if (other.length >= COMMON_BEGINNING && (other.startsWith(root) || root.startsWith(other))) return true;
  return false;
}
