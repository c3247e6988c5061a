import type { RegistryTable, SampledValues } from '../../contracts/schema-registry.js';
import { splitIdentifier } from '../built-in-model/words.js';

const GENERIC = ['row', 'record', 'entry', 'line', 'observation'];
/** Values of a column that must end alike before their last word is taken for what a row is: `Good Characters`, `Bad Characters`. */
const TELLING_VALUES = 2;

/**
 * A question about one file calls its rows what the file does not: "rows", "cases" where the key is `case_id`, "characters" where the
 * values are `Good Characters` and `Bad Characters`. Gives the question with the table's own words in their place, as the built-in
 * translator knows them; unchanged where there are several tables.
 */
export function withTableWords(
  question: string,
  tables: readonly RegistryTable[],
  values: SampledValues,
): string {
  const [table, more] = tables;
  if (!table || more) return question;
  const nouns = [...new Set([...GENERIC, ...keyNouns(table), ...valueNouns(table, values)])];
  const pattern = new RegExp(`\\b(?:${nouns.flatMap(bothNumbers).join('|')})\\b`, 'gi');
  const phrases = phrasesOf(table, values);
  for (const { 0: noun, index } of question.matchAll(pattern)) {
    const before = /([\p{L}\p{N}]+)\s+$/u.exec(question.slice(0, index))?.[1] ?? '';
    const after = /^\s+([\p{L}\p{N}]+)/u.exec(question.slice(index + noun.length))?.[1] ?? '';
    const isPart = [`${before} ${noun}`, `${noun} ${after}`].some((pair) => phrases.has(stemmed(pair)));
    if (isPart) continue;
    const own = splitIdentifier(table.tableName).join(' ');
    return `${question.slice(0, index)}${own}${question.slice(index + noun.length)}`;
  }
  return question;
}

const stemmed = (text: string): string => splitIdentifier(text).map(singularOf).join(' ');

/** Pairs of words that stand together in names of columns and in values: there the noun means no row. */
function phrasesOf({ columns }: RegistryTable, values: SampledValues): ReadonlySet<string> {
  const texts = columns.flatMap(({ canonicalColumnName, name }) => [
    name,
    ...(values[canonicalColumnName] ?? []),
  ]);
  return new Set(
    texts.flatMap((text) => {
      const words = stemmed(text).split(' ');
      return words.slice(1).map((word, index) => `${words[index]} ${word}`);
    }),
  );
}

const singularOf = (word: string): string => word.replace(/ies$/, 'y').replace(/s$/, '');
const bothNumbers = (noun: string): string[] => [
  noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`,
  noun,
];

/** `case` of `case_enquiry_id`, where that is the first column. */
function keyNouns({ columns }: RegistryTable): string[] {
  const words = splitIdentifier(columns[0]?.name ?? '');
  return words.length > 1 && /^(id|no|nr|number|code|key)$/.test(words.at(-1)!) ? [words[0]!] : [];
}

function valueNouns({ columns }: RegistryTable, values: SampledValues): string[] {
  return columns.flatMap(({ canonicalColumnName }) => {
    const list = values[canonicalColumnName] ?? [];
    const last = list
      .map((value) => splitIdentifier(value))
      .map((words) => (words.length > 1 ? words.at(-1) : undefined));
    const [noun] = last;
    return noun !== undefined && list.length >= TELLING_VALUES && last.every((word) => word === noun)
      ? [singularOf(noun)]
      : [];
  });
}
