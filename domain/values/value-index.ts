import type { SampledValues, SchemaContext } from '../../contracts/schema-registry.js';
import { EMPTY_WORDS, rootOf, splitIdentifier } from '../built-in-model/words.js';

/** A stored value that a text speaks of, and a column that has it. */
export interface ValueHit {
  value: string;
  canonicalColumnName: string;
}

/** Where each value is stored, by its words as they are compared. */
export type ValueIndex = ReadonlyMap<string, readonly (ValueHit & { canonicalTableName: string })[]>;

/** Words of the longest value that is looked for. */
const MAX_WORDS = 5;
/** A value of more tables says nothing about which one is meant (`active`, `USD`). */
const MAX_TABLES = 5;
/** Shorter ones, and plain numbers, are in every text. */
const MIN_CHARS = 3;

/** Built once for an index version. */
export function createValueIndex(tables: SchemaContext['tables'], values: SampledValues): ValueIndex {
  const index = new Map<string, (ValueHit & { canonicalTableName: string })[]>();
  for (const { canonicalTableName, columns } of tables) {
    for (const { canonicalColumnName } of columns) {
      for (const value of values[canonicalColumnName] ?? []) {
        const words = splitIdentifier(value);
        if (words.length > MAX_WORDS || words.join('').length < MIN_CHARS) continue;
        if (words.every((word) => /^\d+$/.test(word) || EMPTY_WORDS.has(word))) continue;
        const key = words.map(rootOf).join(' ');
        const list = index.get(key);
        // One beyond the limit tells that there are too many.
        if (!list) index.set(key, [{ value, canonicalColumnName, canonicalTableName }]);
        else if (
          list.length <= MAX_TABLES &&
          list.every((hit) => hit.canonicalTableName !== canonicalTableName)
        )
          list.push({ value, canonicalColumnName, canonicalTableName });
      }
    }
  }
  return index;
}

/** Tables that hold a value which the text names word for word, in few enough tables; the longest value of each. */
export function findValueHits(text: string, index: ValueIndex): Map<string, ValueHit> {
  const hits = new Map<string, ValueHit>();
  if (index.size === 0) return hits;
  const words = splitIdentifier(text).map(rootOf);
  for (let length = MAX_WORDS; length >= 1; length--) {
    for (let start = 0; start + length <= words.length; start++) {
      const found = index.get(words.slice(start, start + length).join(' ')) ?? [];
      if (found.length > MAX_TABLES) continue;
      for (const { canonicalTableName, ...hit } of found)
        if (!hits.has(canonicalTableName)) hits.set(canonicalTableName, hit);
    }
  }
  return hits;
}
