import type { Condition, ConditionalExpression, Expression, Query } from './query.js';
import { sayRange } from './time-phrases.js';
import type { ColumnInfo } from './vocabulary.js';

const nameOf = (column: ColumnInfo): string => column.source.canonicalColumnName;

function sayMeasure(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return nameOf(expression.column);
    case 'bucket':
      return `${expression.unit} of ${nameOf(expression.column)}`;
    case 'count-all': {
      const where = expression.where.map(sayCondition).join(' and ');
      return `the number of rows of ${expression.table.source.canonicalTableName}${where ? ` where ${where}` : ''}`;
    }
    case 'count-rows':
      return `the number of rows of ${expression.table.source.canonicalTableName}`;
    case 'count-distinct':
      return `the number of different ${expression.columns.map(nameOf).join(' + ')}`;
    case 'aggregate':
      return `the ${{ sum: 'sum', avg: 'average', min: 'lowest', max: 'highest' }[expression.fn]} of ${nameOf(expression.column)}`;
    case 'product':
      return `the ${{ sum: 'sum', avg: 'average', min: 'lowest', max: 'highest' }[expression.fn]} of ${nameOf(expression.price)} times ${nameOf(expression.quantity)} (discounts not taken off)`;
    case 'change':
      return `how ${sayMeasure(expression.of)} changed${{ plain: '', 1: ' as a part of what it was', 100: ' in percent' }[expression.scale]} since the ${expression.over.kind === 'bucket' ? expression.over.unit : 'row'} before`;
    case 'rank':
      return `the rank by ${sayMeasure(expression.of)}, the ${expression.direction === 'desc' ? 'highest' : 'lowest'} first`;
    case 'ratio':
      return `the ${expression.scale === 100 ? 'percentage' : 'ratio'} of ${sayPart(expression.top)} to ${sayPart(expression.bottom)}`;
  }
}

const sayPart = ({ expression, where }: ConditionalExpression): string =>
  `${sayMeasure(expression)}${where.length > 0 ? ` where ${where.map(sayCondition).join(' and ')}` : ''}`;

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function sayTime({ range, weekdays, clock }: Extract<Condition, { kind: 'time' }>): string {
  const days = weekdays?.map((day) => DAYS[day - 1]).join(' or ');
  const hours = clock && [clock.from && `from ${clock.from}`, clock.to && `before ${clock.to}`];
  const dates = range.from || range.to ? sayRange(range) : undefined;
  return [dates, days && `on a ${days}`, ...(hours ?? [])].filter(Boolean).join(', ');
}

function sayCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'or':
      return `either ${condition.conditions.map(sayCondition).join(' or ')}`;
    case 'values': {
      const list = condition.values.map((value) => `"${value}"`).join(' or ');
      return `${nameOf(condition.column)} is ${condition.negated ? 'not ' : ''}${list}`;
    }
    case 'compare':
      return `${nameOf(condition.column)} ${condition.op} ${condition.value}`;
    case 'between':
      return `${nameOf(condition.column)} is between ${condition.low} and ${condition.high}`;
    case 'boolean':
      return `${nameOf(condition.column)} is ${condition.value ? 'true' : 'not true'}`;
    case 'null':
      return `${nameOf(condition.column)} is ${condition.isNull ? 'empty' : 'not empty'}`;
    case 'match':
      return `${nameOf(condition.column)} ${{ starts: 'starts with', ends: 'ends with', contains: 'contains' }[condition.mode]} "${condition.text}"`;
    case 'time':
      return `${nameOf(condition.column)} is ${condition.orEmpty && condition.column.source.isNullable ? 'empty or ' : ''}${sayTime(condition)}`;
    case 'exists': {
      const inner = condition.conditions.map(sayCondition).join(' and ');
      const table = condition.path.at(-1)!.to.source.canonicalTableName;
      return `there is ${condition.negated ? 'no' : 'a'} row of ${table}${inner ? ` where ${inner}` : ''}`;
    }
  }
}

function usesZone(query: Query): boolean {
  const inTime = query.where.some((c) => c.kind === 'time' && c.column.isZoned);
  return inTime || query.groupBy.some((e) => e.kind === 'bucket' && e.column.isZoned);
}

/** One sentence on how the question was read: what is computed, for what, with which conditions, in which order. */
export function interpret(query: Query, notes: readonly string[]): string {
  const measures = query.select.filter(
    (s) => s.expression.kind !== 'column' && s.expression.kind !== 'bucket',
  );
  const shown = query.select.filter((s) => s.expression.kind === 'column' || s.expression.kind === 'bucket');
  const parts: string[] = [];
  const list = (items: typeof shown) => items.map((item) => sayMeasure(item.expression)).join(', ');
  const what =
    measures.length > 0
      ? list(measures)
      : `${query.isDistinct ? 'each different ' : ''}${list(shown)} of ${query.base.source.canonicalTableName}`;
  parts.push(query.countAs === null ? `Shows ${what}` : `Counts the groups with ${what}`);
  if (measures.length > 0 && shown.length > 0) parts.push(`for each ${list(shown)}`);
  if (query.where.length > 0) parts.push(`where ${query.where.map(sayCondition).join(' and ')}`);
  for (const h of query.having) parts.push(`only where ${sayMeasure(h.expression)} is ${h.op} ${h.value}`);
  const order = query.orderBy[0];
  if (order)
    parts.push(
      `sorted by ${sayMeasure(order.expression)}, ${order.direction === 'desc' ? 'highest' : 'lowest'} first`,
    );
  const inEach = query.partitionBy.map(sayMeasure).join(', ');
  if (inEach !== '') parts.push(`the first ${query.limit ?? 1} in each ${inEach}, and those alike`);
  else if (query.limit !== null)
    parts.push(query.limit === 1 ? 'the first only' : `the first ${query.limit} only`);
  const implied = query.joins.filter((step) => step.link.implied);
  if (implied.length > 0) {
    parts.push(
      `joined by ${implied.map((s) => s.link.fromColumns.map(nameOf).join(' + ')).join(', ')}, as the names suggest and no declared key says`,
    );
  }
  if (usesZone(query)) parts.push('days counted in UTC');
  parts.push(...notes);
  return `${parts.join('; ')}.`;
}
