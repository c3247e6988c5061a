import { VALUE_TABLE } from './value-table.js';

const shown = "{'text': left(text, 200), 'count': n, 'firstRow': first_row}";

/**
 * The values without what people vary: case, accents, spaces and punctuation. Between two digits something stays, so that 1.5 is not 15;
 * a leading minus or a plus and other signs that mean something stay too, and so does a minus behind one to three letters: B- is no B.
 */
const KEY = `regexp_replace(regexp_replace(regexp_replace(lower(strip_accents(text)), '^(\\p{L}{1,3})\\p{Pd}$', '\\1⁻'), '([0-9])[^\\p{L}\\p{N}]+([0-9])', '\\1·\\2', 'g'), '[\\s\\p{Pd}_.,;:!?''"()/\\x{A0}]+', '', 'g')`;

/** Groups of values that are equal but for case, accents, spaces or punctuation: (slot, values). Only values with a letter count. */
export const variantsStatement = (slots: readonly number[]): string =>
  `SELECT slot, arg_max(${shown}, (n, -first_row), 5) AS values FROM (SELECT slot, text, n, first_row, ${KEY} AS key FROM ${VALUE_TABLE} WHERE slot IN (${slots.join(', ')}) AND regexp_matches(text, '\\p{L}') AND length(text) <= 200)
   WHERE key <> '' GROUP BY slot, key HAVING count(*) > 1 ORDER BY slot, sum(n) DESC LIMIT 2000`;

/**
 * Rare values one letter (long ones: two) away from one of the 200 most frequent, at least 15 times as frequent: (slot, common, rare).
 * Values with digits are left out, since "Ward 1" is not a slip for "Ward 2".
 */
export const typosStatement = (slots: readonly number[]): string =>
  `WITH words AS (SELECT slot, text, lower(trim(text)) AS word, n, first_row, row_number() OVER (PARTITION BY slot ORDER BY n DESC, first_row) AS place FROM ${VALUE_TABLE}
     WHERE slot IN (${slots.join(', ')}) AND length(trim(text)) BETWEEN 5 AND 60 AND NOT regexp_matches(text, '[0-9]'))
   SELECT common.slot, {'text': common.text, 'count': common.n, 'firstRow': common.first_row} AS common, {'text': rare.text, 'count': rare.n, 'firstRow': rare.first_row} AS rare
   FROM words common JOIN words rare ON rare.slot = common.slot AND common.place <= 200 AND rare.n * 15 <= common.n AND rare.word <> common.word
     AND abs(length(rare.word) - length(common.word)) <= 2
     AND damerau_levenshtein(rare.word, common.word) <= CASE WHEN length(common.word) >= 9 AND length(rare.word) >= 9 THEN 2 ELSE 1 END
   ORDER BY common.slot, common.place LIMIT 500`;
