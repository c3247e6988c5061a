import { TOTAL_WORD } from '../../../../domain/profile/foreign-rows.js';
import { NULL_WORDS } from '../../../../domain/profile/null-words.js';
import { quoteText } from '../sql-text.js';

/** What a wrong decoding leaves behind: UTF-8 read as cp1252 or latin-1, and the replacement character. */
const MOJIBAKE = '[ÃÂÐÑ][\\x{80}-\\x{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|ï»¿|\\x{FFFD}';
const CONTROL = '[\\x{00}-\\x{08}\\x{0B}\\x{0C}\\x{0E}-\\x{1F}\\x{7F}]';

/** The figures of text, over `text` (an expression), each cell or value counting `weight` times. */
export function textFigures(text: string, weight: string): string {
  const sum = (condition: string): string => `coalesce(sum(${weight}) FILTER (${condition}), 0)`;
  const foreign = `strlen(${text}) <> length(${text})`;
  return [
    `min(strlen(${text})) AS min_bytes, max(strlen(${text})) AS max_bytes`,
    `CAST(sum(CAST(strlen(${text}) AS HUGEINT) * ${weight}) AS DOUBLE) AS sum_bytes`,
    `CAST(sum(CAST(strlen(${text}) AS HUGEINT) * strlen(${text}) * ${weight}) AS DOUBLE) AS sum_squares`,
    `min(length(${text})) AS min_characters, max(length(${text})) AS max_characters`,
    `${sum(`${text} = ''`)} AS empty`,
    `${sum(`${text} <> '' AND trim(${text}) = ''`)} AS blank`,
    `${sum(`${text} <> trim(${text}, ' ' || chr(9) || chr(10) || chr(13) || chr(160)) AND trim(${text}) <> ''`)} AS padded`,
    `${sum(foreign)} AS not_ascii`,
    // Only text with bytes beyond ASCII can be badly decoded, which spares most columns the search.
    `${sum(`${foreign} AND regexp_matches(${text}, ${quoteText(MOJIBAKE)})`)} AS mojibake`,
  ].join(', ');
}

/**
 * Cells of words for nothing: (slot, null_words, null_word_examples). A statement of its own, because DuckDB looks a long list up by hash in
 * a WHERE only; as a FILTER it compares each cell with each word.
 */
export const nullWordsStatement = (slot: string, text: string, weight: string, from: string): string =>
  `SELECT ${slot} AS slot, CAST(sum(${weight}) AS DOUBLE) AS null_words, arg_min(DISTINCT ${text}, ${text}, 5) AS null_word_examples FROM ${from} WHERE length(${text}) <= 16 AND lower(trim(${text})) IN (${NULL_WORDS.map(quoteText).join(', ')}) GROUP BY 1`;

/** Figures that cost a search through each text: of the values in the value table only. */
export const searchedFigures = (text: string, weight: string): string =>
  [
    `coalesce(sum(${weight}) FILTER (regexp_matches(${text}, ${quoteText(CONTROL)})), 0) AS control`,
    `coalesce(sum(${weight}) FILTER (length(${text}) <= 60 AND regexp_matches(${text}, ${quoteText(TOTAL_WORD)}, 'i')), 0) AS total_words`,
  ].join(', ');

/** A text's shape; see PatternCount. */
export const patternOf = (text: string): string =>
  `left(regexp_replace(regexp_replace(regexp_replace(regexp_replace(${text}, '[0-9]', '9', 'g'), '9{5,}', '9+', 'g'), '\\p{Lu}+', 'A', 'g'), '[\\p{Ll}\\p{Lo}\\p{Lm}\\p{Lt}\\p{M}]+', 'a', 'g'), 60)`;
