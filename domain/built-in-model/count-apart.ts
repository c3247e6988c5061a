import type { Plan } from './plan.js';
import type { Expression } from './query.js';
import { CannotRead } from './reading.js';
import { uniqueAliases } from './result-names.js';
import type { PlanContext, Wanted } from './settle-measures.js';

/**
 * "How many customers and how many orders are there?": each counted by itself, since a join would leave out the rows of one that lack the
 * other. Null where something else is asked.
 * @throws CannotRead with conditions, of which it is not said what they are of
 */
export function countApart({ notes, reading }: PlanContext, wanted: Wanted): Plan | null {
  const { dimensions, having, measures } = wanted;
  const [first, ...others] = measures;
  const areCounts = measures.every(({ expression }) => expression.kind === 'count-rows');
  const tables = new Set(measures.map(({ table }) => table));
  if (!first || others.length === 0 || !areCounts || tables.size < measures.length) return null;
  if (dimensions.length > 0 || having.length > 0 || reading.rank || reading.order) return null;
  const isPlain = reading.mentioned.every((table) => tables.has(table)) && reading.roles.length === 0;
  if (reading.filters.length > 0 || !isPlain || (reading.subject && !tables.has(reading.subject)))
    throw new CannotRead('It is not clear which of the counts the conditions are of.', 4);
  const shown: Expression[] = [
    first.expression,
    ...others.map(({ table }): Expression => ({ kind: 'count-all', table, where: [] })),
  ];
  const aliases = uniqueAliases(shown, first.table);
  return {
    query: {
      base: first.table,
      joins: [],
      select: shown.map((expression, i) => ({ expression, alias: aliases[i]! })),
      isDistinct: false,
      where: [],
      groupBy: [],
      having: [],
      orderBy: [],
      limit: null,
      partitionBy: [],
      countAs: null,
    },
    notes,
    cost: reading.penalty,
  };
}
