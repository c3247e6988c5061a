import type { AnswerWarning } from '../../contracts/presentation.js';
import type { Aggregate, ColumnUse } from './expressions.js';
import type { SelectShape } from './query-shape.js';
import type { ShapeItem } from './shape-item.js';

/** Aggregates that a row met twice makes wrong. */
const ADDITIVE = new Set([
  'sum',
  'avg',
  'count',
  'stddev',
  'stddev_pop',
  'stddev_samp',
  'variance',
  'var_pop',
  'var_samp',
]);

/**
 * Aggregates over rows that a join has multiplied: `sum(orders.total)` beside a join to the orders' items counts an order once for
 * each item. Told from keys alone: starting at the tables whose columns are aggregated and those that are grouped by, a table
 * follows when the join fixes one of its keys. One that does not follow, and that is known to have several rows for one,
 * multiplies. Where keys are not known nothing is claimed.
 */
export function findFanOut(shape: SelectShape): AnswerWarning[] {
  if (shape.items.length < 2) return [];
  for (const aggregate of shape.aggregates) {
    const multiplied = multipliers(shape, aggregate);
    const own = shape.items[aggregate.columns[0]?.item ?? -1];
    if (multiplied.length === 0 || !own) continue;
    const names = multiplied.map(nameOf);
    return [
      {
        code: 'fan_out_join',
        message: `The join to ${names.join(' and ')} repeats rows of ${nameOf(own)}, so ${aggregate.name}(${aggregate.columns[0]!.column}) may count some of them several times.`,
        details: { aggregate: aggregate.name, table: nameOf(own), multipliedBy: names },
      },
    ];
  }
  return [];
}

const nameOf = ({ table, name }: ShapeItem): string => table?.canonicalTableName ?? name;

function multipliers(shape: SelectShape, aggregate: Aggregate): ShapeItem[] {
  const { items } = shape;
  if (aggregate.isDistinct || !ADDITIVE.has(aggregate.name)) return [];
  if (aggregate.columns.length === 0 || aggregate.hasUnknown) return [];
  const grouped = shape.groupColumns.map(({ item }) => item);
  // `count(customers.id)` for each customer beside a join counts the joined rows, and is mostly meant to.
  if (aggregate.name === 'count' && aggregate.columns.every(({ item }) => grouped.includes(item))) return [];
  const reached = new Set([...aggregate.columns.map(({ item }) => item), ...grouped]);
  const many = new Set<number>();
  for (let hasGrown = true; hasGrown; ) {
    hasGrown = false;
    for (const [index, item] of items.entries()) {
      if (reached.has(index)) continue;
      const links = linksTo(shape, index, reached);
      if (isOneOf(shape, item, index, links)) {
        reached.add(index);
        many.delete(index);
        hasGrown = true;
      } else if (isManyOf(shape, item, links)) many.add(index);
    }
    if (hasGrown) continue;
    // What is neither certain to be one nor certain to be many gets the benefit of the doubt.
    const doubtful = items.findIndex(
      (_, index) => !reached.has(index) && !many.has(index) && linksTo(shape, index, reached).length > 0,
    );
    if (doubtful >= 0) {
      reached.add(doubtful);
      hasGrown = true;
    }
  }
  return [...many].map((index) => items[index]!);
}

interface Link {
  /** The column of the item in question. */
  own: string;
  other: ColumnUse;
}

const linksTo = (shape: SelectShape, index: number, reached: ReadonlySet<number>): Link[] =>
  shape.equalities.flatMap(([a, b]) => [
    ...(a.item === index && reached.has(b.item) ? [{ own: a.column, other: b }] : []),
    ...(b.item === index && reached.has(a.item) ? [{ own: b.column, other: a }] : []),
  ]);

/** Whether a row of what was reached has one row of the item at most. */
function isOneOf(shape: SelectShape, item: ShapeItem, index: number, links: readonly Link[]): boolean {
  if (item.isSingle) return true;
  const settled = new Set([
    ...links.map(({ own }) => own),
    ...shape.fixed.filter((use) => use.item === index).map(({ column }) => column),
  ]);
  if (item.keys.some((key) => key.every((column) => settled.has(column)))) return true;
  return isBridge(item, settled);
}

/** A table of pairs with a key of its own beside them: nothing but what links, the key, and times. */
function isBridge({ table }: ShapeItem, linked: ReadonlySet<string>): boolean {
  if (!table || linked.size < 2) return false;
  return table.columns.every(
    ({ name, isPrimaryKey, dataType }) => linked.has(name) || isPrimaryKey || /^(date|time)/i.test(dataType),
  );
}

/** Whether it is known that there may be several: a part of a longer key is linked, or the linked column points at a key. */
function isManyOf(shape: SelectShape, item: ShapeItem, links: readonly Link[]): boolean {
  if (!item.table) return false;
  if (links.length === 0) return isUnlinked(shape, item);
  const linked = new Set(links.map(({ own }) => own));
  const primary = item.table.columns.filter(({ isPrimaryKey }) => isPrimaryKey).map(({ name }) => name);
  if (primary.length === 0) return false;
  if (primary.length > 1 && [...linked].every((column) => primary.includes(column))) return true;
  return shape.items.some((other, at) => {
    const targets = new Set(links.filter((link) => link.other.item === at).map((link) => link.other.column));
    return targets.size > 0 && other.keys.some((key) => key.every((column) => targets.has(column)));
  });
}

/** A table of several rows beside others that nothing links: each row meets every other. */
function isUnlinked({ items, equalities }: SelectShape, item: ShapeItem): boolean {
  const index = items.indexOf(item);
  const isLinked = equalities.some(([a, b]) => a.item === index || b.item === index);
  return !isLinked && (item.table?.estimatedRows ?? 0) > 1;
}
