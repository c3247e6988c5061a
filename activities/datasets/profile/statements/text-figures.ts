import { TOTAL_WORD } from '../../../../domain/profile/foreign-rows.js';
import { NULL_WORDS } from '../../../../domain/profile/null-words.js';
import { quoteText } from '../sql-text.js';

/** What a wrong decoding leaves behind: UTF-8 read as cp1252 or latin-1, and the replacement character. */
const MOJIBAKE = '[ÃÂÐÑ][\\x{80}-\\x{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|ï»¿|\\x{FFFD}';
const CONTROL = '[\\x{00}-\\x{08}\\x{0B}\\x{0C}\\x{0E}-\\x{1F}\\x{7F}]';

const SPACES = ["' '", 'chr(9)', 'chr(10)', 'chr(13)', 'chr(160)'];

/**
 * How a text begins and ends: 2 white space only, 1 white space at an end, else 0. What cannot be either is told by its first and last
 * byte, as trim() takes long (for 4 million cells 2.0 s against 0.2 s); a CASE looks only at the rest.
 */
const edgeOf = (text: string): string =>
  `CASE WHEN ${text} < '!' OR starts_with(${text}, chr(160)) OR ${SPACES.map((space) => `ends_with(${text}, ${space})`).join(' OR ')}
     THEN CASE WHEN ${text} = '' THEN 0 WHEN trim(${text}) = '' THEN 2 WHEN ${text} <> trim(${text}, ${SPACES.join(' || ')}) THEN 1 ELSE 0 END ELSE 0 END`;

/** The figures of text, over the cells or values of `from`: `text` is an expression, and each counts `weight` times; a row for each `slot`. */
export function textFiguresOf(of: { slot: string; text: string; weight: string; from: string }): string {
  const { weight } = of;
  const isOne = weight === '1';
  const sum = (condition: string): string =>
    isOne
      ? `CAST(count(*) FILTER (${condition}) AS DOUBLE)`
      : `coalesce(sum(${weight}) FILTER (${condition}), 0)`;
  // A cell has at most some megabytes, so its square fits; that of a value that occurs millions of times may not.
  const times = isOne ? '' : `CAST(${weight} AS HUGEINT) * `;
  return `SELECT slot, min(bytes) AS min_bytes, max(bytes) AS max_bytes, CAST(sum(${times}bytes) AS DOUBLE) AS sum_bytes, CAST(sum(${times}bytes * bytes) AS DOUBLE) AS sum_squares,
     min(characters) AS min_characters, max(characters) AS max_characters, ${sum('bytes = 0')} AS empty, ${sum('edge = 2')} AS blank, ${sum('edge = 1')} AS padded,
     ${sum('bytes <> characters')} AS not_ascii, ${sum('mojibake')} AS mojibake,
     -- Empty text is no least value: qsv and people mean the first that can be seen.
     min(nullif(v, '')) AS least, max(v) AS greatest
   FROM (SELECT ${of.slot} AS slot, ${of.text} AS v, ${isOne ? '' : `${weight}, `}strlen(${of.text}) AS bytes, length(${of.text}) AS characters, ${edgeOf(of.text)} AS edge,
       -- Only text with bytes beyond ASCII can be badly decoded, which spares most columns the search.
       CASE WHEN strlen(${of.text}) <> length(${of.text}) THEN regexp_matches(${of.text}, ${quoteText(MOJIBAKE)}) ELSE false END AS mojibake
     FROM ${of.from} WHERE ${of.text} IS NOT NULL) GROUP BY slot`;
}

/**
 * Cells of words for nothing, with a space before or after them or without: (slot, null_words, null_word_examples). A statement of its
 * own, because DuckDB looks words up by hash in a WHERE only, and quickly only when they are a table (4 million cells: 0.4 s against 1.5 s).
 */
export const nullWordsStatement = (slot: string, text: string, weight: string, from: string): string =>
  `SELECT ${slot} AS slot, CAST(sum(${weight}) AS DOUBLE) AS null_words, arg_min(DISTINCT ${text}, ${text}, 5) AS null_word_examples FROM ${from} WHERE strlen(${text}) <= ${LONGEST_WORD} AND lower(${text}) IN (SELECT unnest([${SPACED_WORDS}])) GROUP BY 1`;

/** In bytes, with a space; longer texts need no second look. */
const LONGEST_WORD = Math.max(...NULL_WORDS.map((word) => Buffer.byteLength(word))) + 1;
const SPACED_WORDS = NULL_WORDS.flatMap((word) => [word, ` ${word}`, `${word} `])
  .map(quoteText)
  .join(', ');

/** Figures that cost a search through each text: of the values in the value table only. */
export const searchedFigures = (text: string, weight: string): string =>
  [
    `coalesce(sum(${weight}) FILTER (regexp_matches(${text}, ${quoteText(CONTROL)})), 0) AS control`,
    `coalesce(sum(${weight}) FILTER (length(${text}) <= 60 AND regexp_matches(${text}, ${quoteText(TOTAL_WORD)}, 'i')), 0) AS total_words`,
  ].join(', ');

/** A text's shape; see PatternCount. */
export const patternOf = (text: string): string =>
  `left(regexp_replace(regexp_replace(regexp_replace(regexp_replace(${text}, '[0-9]', '9', 'g'), '9{5,}', '9+', 'g'), '\\p{Lu}+', 'A', 'g'), '[\\p{Ll}\\p{Lo}\\p{Lm}\\p{Lt}\\p{M}]+', 'a', 'g'), 60)`;
