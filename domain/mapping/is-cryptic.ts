import { isDictionaryWord } from '../built-in-model/segment-name.js';
import { splitIdentifier } from '../built-in-model/words.js';

/** Short words that everybody reads: those that join others, common ones, of the trade, units and currencies. */
const SHORT_WORDS = new Set(
  `a and as at by do for from has in is its new no not of off old on or out per the to up via was with
  age all any bin box bus car cat day dog end eye fee gas hit job key lab law lot map men net oil own pay pen pet raw red row sea set sex six
  sky son sub sum sun tag tax ten tip top toy two use van war way web win zip
  api app avg csv dns faq gps html http https ip json max min pdf rss sms sql uri url utc uuid vat xml
  chf cny eur gbp inr jpy rub usd cm ft gb hz kb kg km kwh lb mb mg ml mm ms oz tb`.split(/\s+/),
);
/** Shorter parts that no dictionary knows are abbreviations. */
const MIN_WORD_LETTERS = 4;
/** Written-out words have other letters too, and no longer runs of these than `strengths`. */
const MAX_CONSONANT_SHARE = 0.8;
const LONG_CONSONANT_RUN = /[bcdfghjklmnpqrstvwxz]{6,}/;

/**
 * Whether a name has a part that is no word to a reader: an abbreviation that is not a common one, a code, letters run together. Words of
 * other languages pass: they have vowels.
 */
export function isCryptic(name: string): boolean {
  const parts = splitIdentifier(name).map((part) => part.replace(/\d+/g, ''));
  const words = parts.filter((part) => part !== '');
  return words.length === 0 || words.some((word) => !isReadable(word));
}

function isReadable(word: string): boolean {
  if (SHORT_WORDS.has(word) || isDictionaryWord(word)) return true;
  if (word.length < MIN_WORD_LETTERS || LONG_CONSONANT_RUN.test(word)) return false;
  const consonants = word.match(/[bcdfghjklmnpqrstvwxz]/g)?.length ?? 0;
  return consonants / word.length <= MAX_CONSONANT_SHARE;
}
