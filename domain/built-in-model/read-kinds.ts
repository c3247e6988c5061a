import { addDimension } from './add-dimension.js';
import type { LexemeReader } from './lexeme-reader.js';
import type { ColumnInfo, TableInfo } from './vocabulary.js';

/** Columns whose values are nouns for the rows of their table: what each of them is. */
const KINDS = new Set(
  'type kind role title job position category species class breed genre occupation profession designation'.split(
    ' ',
  ),
);

const countWords = (text: string): number => text.split(/[^\p{L}\p{N}]+/u).length;

/** `title` of employees, `borrower_type` of borrowers; not `pet_type` of visits, which are no pets. */
const saysWhatItIs = ({ table, words }: ColumnInfo): boolean =>
  words.some((word) => KINDS.has(word.concept)) &&
  words.every((word) => KINDS.has(word.concept) || table.words.some((own) => own.concept === word.concept));

/**
 * "How many managers are there?": values said in the plural, and no noun behind them, stand for the rows of a table that is known by names and
 * says by that column what each row is. Null if that is not said.
 * @param start where the words before the noun began
 */
export function tableOfKind(reader: LexemeReader, start: number): TableInfo | null {
  const taken = reader.lexemes.slice(start, reader.at);
  const next = reader.peek();
  const filter = reader.reading.filters.at(-1);
  const said = taken.findLast(({ kind }) => kind === 'value');
  if (next?.kind === 'table' || next?.kind === 'column' || next?.kind === 'sales') return null;
  if (filter?.kind !== 'values' || filter.negated || said?.kind !== 'value' || said !== taken.at(-1))
    return null;
  const { column } = filter;
  // "dog species" are no dogs.
  const isWhole = said.values.every((value) => countWords(value) === countWords(said.words));
  const isPlural = isWhole && said.words.endsWith('s') && said.values.every((value) => !value.endsWith('s'));
  if (!isPlural || !saysWhatItIs(column) || column.table.labels.length === 0) return null;
  reader.focus = column.table;
  // "How many houses and how many flats": one number for each.
  const { filters } = reader.reading;
  const earlier = filters.find((one) => one !== filter && one.kind === 'values' && one.column === column);
  if (earlier?.kind === 'values' && !earlier.negated) {
    earlier.values.push(...filter.values);
    filters.pop();
    addDimension(reader, { kind: 'column', column });
  }
  return column.table;
}
