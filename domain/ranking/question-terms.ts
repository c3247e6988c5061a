import { SYNONYM_GROUPS } from '../built-in-model/synonyms.js';
import { EMPTY_WORDS, rootOf, splitIdentifier } from '../built-in-model/words.js';

/** Function words of English, and words that people wrap a question to a database in: they say nothing about which table. */
const ASKING_WORDS = new Set(
  `i you he she it they this that these those their its his her them us my your who whom whose where when why if then than as but not no
  nor so too very can could would should will shall may might must also only just both either neither any all some most more less least
  few other another such same own about above below between into through during before after under over again further once here out up
  down off because while until among within without across along via using use used based following include including includes included
  exclude excluding please find calculate compute determine identify provide return retrieve display tell want need like know get output
  result results answer question respectively corresponding whether being been am let make consider considering ensure assume given
  according exactly specifically specific total number`.split(/\s+/),
);

const roots = new Map<string, string>();
/** Different words kept; names of all schemas together have some tens of thousands. */
const MAX_ROOTS = 100_000;

/** `rootOf`, remembered: the same words come back in thousands of columns. */
function rememberedRoot(word: string): string {
  let root = roots.get(word);
  if (root === undefined) {
    root = rootOf(word);
    if (roots.size >= MAX_ROOTS) roots.clear();
    roots.set(word, root);
  }
  return root;
}

export interface SpelledTerm {
  term: string;
  /** As the text has it, in lower case. */
  spelled: string;
}

/**
 * Terms of a name, a comment or a question, as they are compared: words without endings, abbreviations written out, words that say
 * nothing left out. Words with digits give their letters as well: `covid19` is also `covid`.
 */
export function spelledTerms(text: string): SpelledTerm[] {
  const found: SpelledTerm[] = [];
  for (const word of splitIdentifier(text)) {
    if (EMPTY_WORDS.has(word) || ASKING_WORDS.has(word)) continue;
    found.push({ term: rememberedRoot(word), spelled: word });
    if (!/\d/.test(word)) continue;
    for (const [letters] of word.matchAll(/\p{L}{3,}/gu))
      found.push({ term: rememberedRoot(letters), spelled: word });
  }
  return found;
}

export const toTerms = (text: string): string[] => spelledTerms(text).map(({ term }) => term);

/** Neighbouring words written together, as names often are: `zip code` is also `zipcode`. */
export function joinedTerms(text: string): SpelledTerm[] {
  const words = splitIdentifier(text);
  return words.slice(1).map((word, index) => ({
    term: rememberedRoot(words[index]! + word),
    spelled: `${words[index]!} ${word}`,
  }));
}

const synonyms = new Map<string, Map<string, string>>();
for (const group of SYNONYM_GROUPS) {
  for (const term of group.map(rootOf)) {
    const others = synonyms.get(term) ?? new Map<string, string>();
    for (const word of group) {
      const other = rootOf(word);
      if (other !== term && !others.has(other)) others.set(other, word);
    }
    synonyms.set(term, others);
  }
}

/** Terms that may stand for a term, each with a word that people write for it. */
export const synonymsOf = (term: string): Iterable<[string, string]> => synonyms.get(term) ?? [];
