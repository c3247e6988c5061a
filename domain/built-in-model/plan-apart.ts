import { tablesOfColumn } from './formula.js';
import type { JoinTree } from './join-paths.js';
import { planConditions } from './plan-conditions.js';
import type { ConditionalExpression, Expression } from './query.js';
import { CannotRead, type Filter } from './reading.js';
import type { PlanContext, Settled } from './settle-measures.js';
import type { TableInfo } from './vocabulary.js';

interface ApartInput {
  context: PlanContext;
  base: TableInfo;
  tree: JoinTree;
  groups: readonly Expression[];
  planPart(part: ConditionalExpression, table: TableInfo, filters: Filter[]): ConditionalExpression;
}

/**
 * A ratio of things of two tables. Ungrouped, the second count stands by itself; in groups of the first table's own columns,
 * the second things are those that its rows belong to, each counted once.
 */
export function planApart(
  { expression, parts, table }: Settled,
  other: TableInfo,
  { context, base, tree, groups, planPart }: ApartInput,
): Expression {
  const { reading, vocabulary, choice } = context;
  if (expression.kind !== 'ratio' || !parts)
    throw new CannotRead('A ratio of such things is not understood.', 4);
  const hasOwnFilters = reading.filters.length > 0;
  if (groups.length === 0) {
    if (hasOwnFilters) throw new CannotRead('Conditions on both sides of a ratio are not understood.', 4);
    const own = planConditions(
      { ...reading, filters: parts.bottom, mentioned: [] },
      other,
      vocabulary,
      choice,
      null,
      null,
    );
    if (own.tables.some((needed) => needed !== other))
      throw new CannotRead('The sides of the ratio are too involved.', 4);
    const bottom: Expression = { kind: 'count-all', table: other, where: own.conditions };
    return {
      ...expression,
      top: planPart(expression.top, table, parts.top),
      bottom: { expression: bottom, where: [] },
    };
  }
  const link = vocabulary.links.filter(
    (each) => !each.isPeer && each.from === base && each.to === other && each.fromColumns.length === 1,
  );
  const isOwn = groups.every(
    (group) => 'column' in group && tablesOfColumn(group.column).every((each) => each === base),
  );
  if (link.length !== 1 || !isOwn || tree.steps.length > 0 || parts.bottom.length > 0)
    throw new CannotRead('A ratio of things of different tables in each group is not understood.', 4);
  context.notes.push(
    `each ${other.source.canonicalTableName} is counted once that a row of ${base.source.canonicalTableName} belongs to`,
  );
  return {
    ...expression,
    top: planPart(expression.top, table, parts.top),
    bottom: { expression: { kind: 'count-distinct', columns: link[0]!.fromColumns }, where: [] },
  };
}
