import { EMBEDDED_PERSONAL } from '../../../../domain/profile/embedded-personal.js';
import { quoteText } from '../sql-text.js';
import { patternOf, searchedFigures, textFiguresOf } from './text-figures.js';
import { VALUE_TABLE } from './value-table.js';

/** Text figures of the slots, from the value table. */
export const textFiguresStatement = (slots: readonly number[]): string =>
  textFiguresOf({
    slot: 'slot',
    text: 'text',
    weight: 'n',
    from: `(FROM ${VALUE_TABLE} WHERE slot IN (${slots.join(', ')}))`,
  });

/** Control characters and words for totals; see searchedFigures. */
export const searchedFiguresStatement = (slots: readonly number[]): string =>
  `SELECT slot, ${searchedFigures('text', 'n')} FROM ${VALUE_TABLE} WHERE slot IN (${slots.join(', ')}) GROUP BY slot`;

/** Personal data inside longer text: (slot, n, found, rows); the matches of the first 40 values. */
export const embeddedStatement = (slots: readonly number[]): string =>
  `SELECT slot, CAST(sum(n) AS DOUBLE) AS n, arg_min({'match': found, 'row': first_row}, first_row, 40) AS found
   FROM (SELECT slot, n, first_row, regexp_extract(text, ${quoteText(EMBEDDED_PERSONAL)}) AS found FROM ${VALUE_TABLE} WHERE slot IN (${slots.join(', ')}) AND length(text) >= 12 AND contains(text, ' '))
   WHERE found <> '' GROUP BY slot`;

/** Values whose shape is looked at, at most about this many a column. */
export const PATTERN_VALUES = 20_000;

/** Shapes of the slots' values with counts and up to 40 examples: the 80 most frequent and the 40 rarest of each slot, and `patterns`, how many there are. */
export function patternsStatement(slots: readonly { slot: number; oneIn: number }[]): string {
  const some = slots.map(({ slot, oneIn }) =>
    oneIn > 1 ? `(slot = ${slot} AND hash(text, 7) % ${oneIn} = 0)` : `slot = ${slot}`,
  );
  return `WITH shaped AS (SELECT slot, ${patternOf('text')} AS pattern, text, n, first_row FROM ${VALUE_TABLE} WHERE text <> '' AND (${some.join(' OR ')})),
    grouped AS (SELECT slot, pattern, sum(n) AS n, count(*) AS distinct_values, min(first_row) AS first_row, arg_min(left(text, 200), hash(text), 40) AS examples FROM shaped GROUP BY ALL),
    ranked AS (SELECT *, row_number() OVER (PARTITION BY slot ORDER BY n DESC, first_row) AS place, count(*) OVER (PARTITION BY slot) AS patterns FROM grouped)
    SELECT slot, pattern, CAST(n AS DOUBLE) AS n, distinct_values, first_row, examples, patterns FROM ranked WHERE place <= 80 OR place > patterns - 40 ORDER BY slot, place`;
}

/** Units of quantities such as "12.5 kg" or "€ 3": (slot, unit, n, first_row). The unit is in small letters, without spaces and full stops. */
export const unitsStatement = (slots: readonly number[]): string =>
  `WITH read AS (SELECT slot, n, first_row, text, lower(regexp_replace(regexp_replace(text, '[0-9]+(?:[.,''  ][0-9]+)*', '', 'g'), '[\\s.+-]+', '', 'g')) AS unit FROM ${VALUE_TABLE} WHERE slot IN (${slots.join(', ')}) AND text <> '')
   SELECT slot, unit, CAST(sum(n) AS DOUBLE) AS n, min(first_row) AS first_row, arg_min(text, first_row, 3) AS examples FROM read WHERE length(unit) <= 12 GROUP BY ALL ORDER BY slot, n DESC LIMIT 2000`;
