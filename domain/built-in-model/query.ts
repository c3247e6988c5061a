import type { DateRange } from './calendar.js';
import type { JoinStep } from './join-paths.js';
import type { AggregateFunction, ChangeScale, ClockRange, CompareOperator, GroupUnit } from './operators.js';
import type { Filter } from './reading.js';
import type { ColumnInfo, TableInfo } from './vocabulary.js';

/** An expression of the queries that the built-in model writes. */
export type Expression =
  | { kind: 'column'; column: ColumnInfo }
  | { kind: 'bucket'; column: ColumnInfo; unit: GroupUnit }
  | { kind: 'count-rows'; table: TableInfo }
  /** All rows of a table that meet conditions, whatever the query's own rows are. */
  | { kind: 'count-all'; table: TableInfo; where: Condition[] }
  | { kind: 'count-distinct'; columns: ColumnInfo[] }
  | { kind: 'aggregate'; fn: AggregateFunction; column: ColumnInfo }
  | { kind: 'product'; fn: AggregateFunction; price: ColumnInfo; quantity: ColumnInfo }
  /** How much a measure differs from that of the stretch of time before. */
  | { kind: 'change'; of: Expression; over: Expression; scale: ChangeScale }
  /** The place of a row among all, by a measure; those alike share one. */
  | { kind: 'rank'; of: Expression; direction: 'asc' | 'desc' }
  | { kind: 'ratio'; top: ConditionalExpression; bottom: ConditionalExpression; scale: 1 | 100 };

/** An aggregate over the rows that meet conditions of its own. */
export interface ConditionalExpression {
  expression: Expression;
  where: Condition[];
}

export type Condition =
  | Exclude<Filter, { kind: 'exists' } | { kind: 'time' } | { kind: 'or' }>
  | { kind: 'or'; conditions: Condition[] }
  | {
      kind: 'time';
      column: ColumnInfo;
      range: DateRange;
      orEmpty?: boolean;
      weekdays?: number[];
      clock?: ClockRange;
    }
  | { kind: 'exists'; path: JoinStep[]; negated: boolean; conditions: Condition[] };

/** What to write as SQL; every table and column comes from the vocabulary. */
export interface Query {
  base: TableInfo;
  joins: JoinStep[];
  select: { expression: Expression; alias: string }[];
  isDistinct: boolean;
  where: Condition[];
  groupBy: Expression[];
  having: { expression: Expression; op: CompareOperator; value: number }[];
  orderBy: { expression: Expression; direction: 'asc' | 'desc' }[];
  limit: number | null;
  /** The limit holds inside each group of equal values; rows that are alike in the order share a place. */
  partitionBy: Expression[];
  /** Count the rows of the query instead of showing them. */
  countAs: string | null;
  /** Places after the point to which computed numbers are rounded. */
  decimals?: number | null;
}

export const isAggregate = (expression: Expression): boolean =>
  expression.kind !== 'column' && expression.kind !== 'bucket';

/** The columns that an expression is made of. */
export function columnsOf(expression: Expression): ColumnInfo[] {
  switch (expression.kind) {
    case 'column':
    case 'bucket':
    case 'aggregate':
      return [expression.column];
    case 'count-rows':
    case 'count-all':
      return [];
    case 'count-distinct':
      return expression.columns;
    case 'product':
      return [expression.price, expression.quantity];
    case 'change':
      return [...columnsOf(expression.of), ...columnsOf(expression.over)];
    case 'rank':
      return columnsOf(expression.of);
    case 'ratio':
      return [...columnsOf(expression.top.expression), ...columnsOf(expression.bottom.expression)];
  }
}

export function sameExpression(a: Expression, b: Expression): boolean {
  return a.kind === b.kind && key(a) === key(b);
}

function key(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return expression.column.source.canonicalColumnName;
    case 'bucket':
      return `${expression.unit} ${expression.column.source.canonicalColumnName}`;
    case 'count-rows':
      return expression.table.source.canonicalTableName;
    case 'count-all':
      return `${expression.table.source.canonicalTableName} ${expression.where.map(conditionKey).join(' & ')}`;
    case 'count-distinct':
      return expression.columns.map((column) => column.source.canonicalColumnName).join();
    case 'aggregate':
      return `${expression.fn} ${expression.column.source.canonicalColumnName}`;
    case 'product':
      return `${expression.fn} ${expression.price.source.canonicalColumnName}`;
    case 'change':
      return `${expression.scale} ${key(expression.of)}`;
    case 'rank':
      return `${expression.direction} ${key(expression.of)}`;
    case 'ratio':
      return [expression.top, expression.bottom]
        .map(
          (part) =>
            `${part.expression.kind} ${key(part.expression)} ${part.where.map(conditionKey).join(' & ')}`,
        )
        .join(' / ');
  }
}

/** The same text for conditions that say the same. */
function conditionKey(condition: Condition): string {
  if (condition.kind === 'or') return `(${condition.conditions.map(conditionKey).join(' | ')})`;
  if (condition.kind === 'exists') {
    const path = condition.path.map((step) => step.to.source.canonicalTableName).join('>');
    return `${condition.negated} ${path} ${condition.conditions.map(conditionKey).join(' & ')}`;
  }
  const { column, ...rest } = condition;
  return `${column.source.canonicalColumnName} ${JSON.stringify({ ...rest, focus: null })}`;
}
