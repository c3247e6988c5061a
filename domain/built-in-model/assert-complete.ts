import { roleWords } from './join-paths.js';
import { type Condition, columnsOf, type Expression, type Query } from './query.js';
import { CannotRead, type Reading } from './reading.js';
import type { ColumnInfo, TableInfo } from './vocabulary.js';
import { singular, splitIdentifier } from './words.js';

/**
 * The last guard before SQL is written: all that was understood must be in the query.
 * @throws CannotRead if anything was dropped on the way.
 */
export function assertComplete(reading: Reading, query: Query): void {
  const complain = (what: string): never => {
    throw new CannotRead(`The ${what} of the question could not be kept.`, 2);
  };
  if (countConditions(query.where) < reading.filters.length) complain('conditions');
  const counted = reading.measures.flatMap((m) => (m.kind === 'count-distinct' ? [m.column] : []));
  // "the number of manual transmissions": of one value there is one.
  if (reading.filters.some((f) => f.kind === 'values' && !f.negated && counted.includes(f.column)))
    complain('thing counted');
  if (query.having.length < reading.having.length) complain('comparison with a total');
  if (reading.limit !== null && query.limit !== reading.limit) complain('top n');
  if (reading.order !== null && query.orderBy.length === 0) complain('order');
  if (query.groupBy.length < reading.dimensions.length) complain('grouping');
  if (reading.subject && query.groupBy.length > 0 && !isAbout(query, reading.subject)) complain('subject');
  if (reading.limitWithin.length > 0 && query.partitionBy.length === 0) complain('grouping');
  if (reading.change && !query.select.some(({ expression }) => expression.kind === 'change'))
    complain('change');
  if (reading.rank && !query.select.some(({ expression }) => expression.kind === 'rank')) complain('rank');
  const joined = new Set([query.base, ...query.joins.map((step) => step.to)]);
  for (const condition of query.where) {
    if (condition.kind === 'exists') for (const step of condition.path) joined.add(step.to);
  }
  for (const table of reading.mentioned) {
    if (!joined.has(table)) complain(`mention of ${table.source.canonicalTableName}`);
  }
  const roles = new Set(query.joins.flatMap((step) => roleWords(step.link)));
  for (const unit of reading.units) {
    if (unit.startsWith('per ')) {
      if (!query.select.some(({ expression }) => columnsOf(expression).some(isPerUnit)))
        complain(`unit "${unit}"`);
      continue;
    }
    // "listed in euros": no number that could be in them.
    if (!hasNumber(query)) complain(`unit "${unit}"`);
    const known = unitsOf(query);
    // A duration without a unit may be in any.
    if (TIMES.has(unit) && known.length === 0) complain(`unit "${unit}"`);
    const other = known.find((u) => u !== unit);
    if (other) complain(`unit "${unit}" (the schema says ${other})`);
  }
  for (const role of reading.roles) if (!roles.has(role)) complain(`word "${role}"`);
}

/** Divided by something, or named as such. */
const isPerUnit = ({ formula, source, words }: ColumnInfo): boolean =>
  (formula?.kind === 'arithmetic' && formula.op === '/') ||
  words.some((word) => word.concept === 'density' || word.concept === 'per') ||
  /\bper\b/i.test(source.comment ?? '');

function hasNumber({ having, select, where }: Query): boolean {
  const isNumber = (column: ColumnInfo) => column.kind === 'number' && !column.isKey;
  const isCompared = (condition: Condition): boolean =>
    condition.kind === 'exists' || condition.kind === 'or'
      ? condition.conditions.some(isCompared)
      : isNumber(condition.column) || condition.column.formula !== undefined;
  const shown = [...select, ...having].flatMap(({ expression }) => columnsOf(expression));
  return shown.some((column) => isNumber(column) || column.formula !== undefined) || where.some(isCompared);
}

const countConditions = (conditions: readonly Condition[]): number =>
  conditions.reduce((sum, c) => sum + 1 + (c.kind === 'exists' ? countConditions(c.conditions) : 0), 0);

const TIMES = new Set(['second', 'minute', 'hour']);

const UNIT_WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'meter kilometer mile kilogram gram pound dollar euro minute hour second acre hectare liter'
      .split(' ')
      .map((unit) => [unit, unit]),
  ),
  sec: 'second',
  hr: 'hour',
  km: 'kilometer',
  kg: 'kilogram',
  usd: 'dollar',
  eur: 'euro',
  feet: 'foot',
  metre: 'meter',
  kilometre: 'kilometer',
};

/** Units that names and comments of the numbers shown and compared tell. */
function unitsOf({ having, select, where }: Query): string[] {
  const shown = [...select, ...having].flatMap(({ expression }) =>
    expression.kind === 'column' || expression.kind === 'aggregate' ? [expression.column] : [],
  );
  return [...shown, ...where.flatMap(comparedBy)].flatMap(unitsOfColumn);
}

const comparedBy = (condition: Condition): ColumnInfo[] => {
  if (condition.kind === 'exists' || condition.kind === 'or') return condition.conditions.flatMap(comparedBy);
  return condition.kind === 'compare' || condition.kind === 'between' ? [condition.column] : [];
};

function unitsOfColumn(column: ColumnInfo): string[] {
  if (column.kind !== 'number') return [];
  if (column.formula?.kind === 'span') return column.formula.unit ? [column.formula.unit] : [];
  const name = splitIdentifier(column.source.name).map(singular);
  const words = [
    ...name,
    ...(column.source.comment ?? '')
      .toLowerCase()
      .split(/[^a-z]+/)
      .map(singular),
  ];
  return words.flatMap((word, i) => {
    // A `min` at the end is minutes, elsewhere a minimum.
    const unit = word === 'min' && i === name.length - 1 ? 'minute' : UNIT_WORDS[word];
    return unit ? [words[i - 1] === 'square' ? `square ${unit}` : unit] : [];
  });
}

/** Whether groups or measures of a query are of a table. */
function isAbout(query: Query, table: TableInfo): boolean {
  if (query.base === table) return true;
  return query.select.some(({ expression }) => tableOf(expression) === table);
}

function tableOf(expression: Expression): TableInfo {
  switch (expression.kind) {
    case 'column':
    case 'bucket':
    case 'aggregate':
      return expression.column.table;
    case 'count-rows':
    case 'count-all':
      return expression.table;
    case 'count-distinct':
      return expression.columns[0]!.table;
    case 'product':
      return expression.price.table;
    case 'change':
    case 'rank':
      return tableOf(expression.of);
    case 'ratio':
      return tableOf(expression.top.expression);
  }
}
