import { ABBREVIATIONS, SYNONYM_GROUPS } from './synonyms.js';
import { singular } from './words.js';

/** Words that names of tables and columns are commonly made of; general, from no particular database. */
const COMMON =
  `account active address age agent amount area balance bank base birth brand budget card carrier category channel city class client close closing
  code color comment company contact cost count country created credit currency current customer daily data date datetime day debit delivery
  department description detail discount district duration email employee end entry event exchange expiry fax fee file first flag full gender grade
  group height high hire history home hour id index info invoice is item job join key kind language last level line list location log low lot
  manager market max method middle min mobile model month monthly name net note number office open order owner page paid parent part payment
  percent period person phone place plan point position postal price priority product profit project purchase quantity quarter rank rate rating reason
  record ref region remark report result return role salary sale score seller sequence serial service session settlement share shares ship shipment shipping
  shop size source start state status stock store str street sub subject sum supplier symbol tax team term text ticket ticker time title
  total town transaction transfer type unit updated url user valid value vendor version volume warehouse week weight width year zip zone`
    .split(/\s+/)
    .filter((word) => word !== '');

const DICTIONARY = new Set([...COMMON, ...SYNONYM_GROUPS.flat(), ...Object.keys(ABBREVIATIONS)]);
const isWord = (text: string): boolean =>
  DICTIONARY.has(text) || (text.length > 3 && DICTIONARY.has(singular(text)));

/** Whether a lower-case word, or words run together (`joindate`), are in the dictionary. */
export const isDictionaryWord = (text: string): boolean => segmentName(text) !== null;

/** Whether a word is common in names of tables and columns, and so no shortened form of another. */
export const isKnownWord = (word: string): boolean => isWord(word);

const NONE: ReadonlySet<string> = new Set();
/** As an ending they make one English word of the whole: membership, mileage. */
const SUFFIXES = new Set(['ship', 'age', 'is', 'no', 'ref', 'able']);

/** Cuts a run-together name (`joindate`) into words of the dictionary, or further ones, as few as possible; null if it is not made of them. */
export function segmentName(name: string, further: ReadonlySet<string> = NONE): string[] | null {
  const best: (string[] | null)[] = [[]];
  for (let end = 1; end <= name.length; end++) {
    best[end] = null;
    for (let start = 0; start < end; start++) {
      const before = best[start];
      const part = name.slice(start, end);
      const digits = /^\d+$/.test(part);
      if (!before || !(digits || isWord(part) || further.has(part))) continue;
      if (end === name.length && start > 0 && SUFFIXES.has(part)) continue;
      if (best[end] === null || before.length + 1 < best[end]!.length) best[end] = [...before, part];
    }
  }
  return best[name.length] ?? null;
}

function sharedLetters(names: readonly string[]): string {
  let prefix = names[0] ?? '';
  for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}

/**
 * Letters that all names begin with and that are no part of their words (`sb` of `sbcustomer`, `sbtx` of `sbtxdate`):
 * empty unless most names without them, and not as they are, are made of dictionary words.
 */
export function foreignPrefix(
  names: readonly string[],
  further: ReadonlySet<string> = NONE,
  begins = '',
): string {
  if (names.length < 3) return '';
  const lower = names.map((name) => name.toLowerCase());
  if (
    lower.some((name) => /[^a-z0-9]/.test(name)) ||
    lower.filter((name) => segmentName(name, further)).length > names.length / 3
  ) {
    return '';
  }
  const shared = sharedLetters(lower);
  // Where the tables share a prefix, the columns do as well.
  const isGiven = begins !== '' && names.length >= 4 && shared.startsWith(begins);
  let best = isGiven ? begins : '';
  let most = 0;
  for (let length = 1; length <= shared.length; length++) {
    const made = lower.filter(
      (name) => name.length > length && segmentName(name.slice(length), further),
    ).length;
    if (made >= most && (made >= names.length * 0.6 || (isGiven && length >= begins.length))) {
      best = shared.slice(0, length);
      most = made;
    }
  }
  // Of four names or more, letters that are no word are a prefix also where the rest is in no dictionary.
  const isLetters =
    best === '' && names.length >= 4 && shared.length >= 2 && shared.length <= 4 && !isWord(shared);
  return isLetters && lower.every((name) => name.length >= shared.length + 3) ? shared : best;
}
