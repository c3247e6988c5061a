import { addDimension } from './add-dimension.js';
import type { LexemeReader } from './lexeme-reader.js';
import { isPersonal } from './read-values.js';
import { CannotRead } from './reading.js';
import type { Link } from './vocabulary.js';
import { rootOf } from './words.js';

/** "Compare the average price of pens and books": one number for each of them. */
export function separateCompared(reader: LexemeReader): void {
  const { lexemes, reading } = reader;
  if (!/^compare/.test(lexemes[0]?.words ?? '')) return;
  const lists = reading.filters.filter((f) => f.kind === 'values' && !f.negated && f.values.length > 1);
  const [list, ...others] = lists;
  if (list?.kind === 'values' && others.length === 0)
    addDimension(reader, { kind: 'column', column: list.column });
  if (reading.dimensions.length === 0 || reading.measures.length === 0)
    throw new CannotRead('It is not clear what is to be compared.', 3);
}

const DOES = /^(?:who (?:has|had|have)|has|have|had|made|placed|booked|ordered|bought|borrowed)$/;

/** "manages" and `manager_id`: the name of the key begins with the verb. */
const isDoneBy = ({ fromColumns }: Link, verb: string): boolean => {
  const root = rootOf(verb);
  return (
    root.length >= 4 && fromColumns.some(({ words }) => words.some((word) => word.concept.startsWith(root)))
  );
};

/** "Who made the most bookings?", "Who manages the most shops?": the one kind of person that the rows counted belong to. */
export function implyDoer(reader: LexemeReader): void {
  const { lexemes, reading, vocabulary } = reader;
  const noun = reader.peek();
  if (!/^who\b/i.test(lexemes[0]?.words ?? '') || noun?.kind !== 'table') return;
  if (reading.subject || reading.projections.length + reading.measures.length > 0) return;
  const links = vocabulary.links.filter(
    ({ from, to, isPeer }) =>
      from === noun.table && !isPeer && to.labels.length > 0 && to.labels.every(isPersonal),
  );
  const said = lexemes.slice(0, reader.at - 1).findLast(({ words }) => !/^the$/.test(words));
  if (!said) return;
  const [link, ...others] = DOES.test(said.words)
    ? links
    : links.filter((each) => isDoneBy(each, said.words));
  if (!link || others.length > 0) return;
  reading.subject = link.to;
  reading.subjectIsPlural = false;
}

/** "How much of the fees is a minus b?" asks for one amount of many rows, rather than for that of each. */
export function addUpHowMuch({ lexemes, reading }: LexemeReader): void {
  const { dimensions, measures, order, projections, subject } = reading;
  if (!/^how much/.test(lexemes[0]?.words ?? '') || measures.length + dimensions.length > 0 || order) return;
  const isOfMany = lexemes.some((l) => l.kind === 'table' && l.table === subject && l.isPlural);
  const [column, ...others] = projections;
  const isOfAnother = projections.some(({ kind, table }) => kind === 'number' && table !== subject);
  if (isOfMany && isOfAnother) throw new CannotRead('It is not clear of what the amount is asked for.', 3);
  // "How much rent was collected in May?": the different amounts are no answer.
  if (!subject && column?.kind === 'number' && !column.isKey)
    throw new CannotRead(`It is not clear whose "${column.source.canonicalColumnName}" is asked for.`, 3);
  // "How much coffee was harvested?": the rows are no amount.
  if (projections.length === 0 && subject && reading.having.length === 0)
    throw new CannotRead(
      `It is not clear what of ${subject.source.canonicalTableName} is to be added up.`,
      3,
    );
  if (!isOfMany || column?.kind !== 'number' || others.length > 0) return;
  reading.projections = [];
  reading.measures.push({ kind: 'bare', column });
}
