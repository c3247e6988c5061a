import { rootOf, toConcept } from './words.js';

/** One word, number, quoted text or mark of a question. */
export interface Token {
  kind: 'word' | 'number' | 'quoted' | 'date' | 'mark';
  /** As written, without quotes. */
  raw: string;
  lower: string;
  /** Singular, abbreviations written out. */
  concept: string;
  root: string;
  /** For numbers. */
  value?: number;
  isPlural: boolean;
}

const PATTERN =
  /(?<quoted>"[^"]+"|“[^”]+”|‘[^’]+’|`[^`]+`|(?<![\p{L}\p{N}])'[^']+'(?![\p{L}\p{N}]))|(?<date>\d{4}-\d{2}-\d{2})|(?<number>[$€£]?\d[\d,]*(?:\.\d+)?(?:[kKmM](?![\p{L}\p{N}]))?%?)(?<suffix>st|nd|rd|th)?(?![\p{L}\p{N}_])|(?<mark>>=|<=|<>|!=|>|<|=|[,.;:?!#&()]|(?<=\s)[-+*×÷/](?=\s))|(?<word>[\p{L}\p{N}]+(?:\.[\p{L}]{1,3})*)/gu;

const QUOTED = /("[^"]+"|“[^”]+”|‘[^’]+’|`[^`]+`|(?<![\p{L}\p{N}])'[^']+'(?![\p{L}\p{N}]))/gu;

const NUMBER_WORDS: Readonly<Record<string, number>> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  twenty: 20,
  fifty: 50,
};
const MULTIPLIERS: Readonly<Record<string, number>> = {
  hundred: 100,
  thousand: 1_000,
  million: 1_000_000,
  billion: 1_000_000_000,
};

const token = (kind: Token['kind'], raw: string, value?: number): Token => {
  const lower = raw.toLowerCase();
  const concept = kind === 'word' ? toConcept(lower) : lower;
  return {
    kind,
    raw,
    lower,
    concept,
    root: kind === 'word' ? rootOf(lower) : lower,
    ...(value === undefined ? {} : { value }),
    isPlural: kind === 'word' && (concept !== lower ? lower.endsWith('s') || lower === 'people' : false),
  };
};

function numberOf(text: string): number {
  const plain = text.replace(/[$€£,%]/g, '');
  if (/[kK]$/.test(plain)) return Number(plain.slice(0, -1)) * 1_000;
  if (/[mM]$/.test(plain)) return Number(plain.slice(0, -1)) * 1_000_000;
  return Number(plain);
}

const plainWords = (text: string): string =>
  text
    .replace(/(\p{L})[’'](?:s|S)(?![\p{L}\p{N}])/gu, '$1')
    .replace(/(\p{L}s)[’'](?=\s)/gu, '$1')
    .replace(/(\p{L})n[’']t\b/gu, '$1 not')
    .replace(/\be-mail/gi, 'email')
    .replace(/\bfirst and last names?\b/gi, 'first name and last name');

/** Cuts a question into tokens. Possessive endings go, contractions are written out, snake_case words are split. */
export function tokenise(question: string): Token[] {
  // What is in quotes stays as it is.
  const plain = question
    .normalize('NFC')
    .split(QUOTED)
    .map((part, i) => (i % 2 === 1 ? part : plainWords(part)))
    .join('');
  const tokens: Token[] = [];
  for (const match of plain.matchAll(PATTERN)) {
    const part = match.groups!;
    if (part['quoted'] !== undefined) tokens.push(token('quoted', part['quoted'].slice(1, -1).trim()));
    else if (part['date'] !== undefined) tokens.push(token('date', part['date']));
    else if (part['number'] !== undefined) {
      const text = part['number'].replace(/,+$/, '');
      tokens.push(token('number', text, numberOf(text)));
      if (text !== part['number']) tokens.push(token('mark', ','));
    } else if (part['mark'] !== undefined) tokens.push(token('mark', part['mark']));
    else tokens.push(token('word', part['word']!));
  }
  return joinNumberWords(tokens);
}

/** `two`, `a hundred thousand`, `3 million` become numbers. */
function joinNumberWords(tokens: Token[]): Token[] {
  const out: Token[] = [];
  for (const current of tokens) {
    const last = out.at(-1);
    const multiplier = current.kind === 'word' ? MULTIPLIERS[current.concept] : undefined;
    if (multiplier !== undefined) {
      if (last?.kind === 'number') {
        out[out.length - 1] = token('number', `${last.raw} ${current.raw}`, last.value! * multiplier);
        continue;
      }
      if (last?.lower === 'a' || last?.lower === 'one') {
        out[out.length - 1] = token('number', `${last.raw} ${current.raw}`, multiplier);
        continue;
      }
    }
    const isOne = current.lower === 'one' && /^(than|least|most|exactly|only)$/.test(last?.lower ?? '');
    const value = isOne ? 1 : current.kind === 'word' ? NUMBER_WORDS[current.lower] : undefined;
    out.push(value === undefined ? current : token('number', current.raw, value));
  }
  return out;
}
