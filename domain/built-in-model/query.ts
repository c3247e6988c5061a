import type { DateRange, TimeUnit } from './calendar.js';
import type { JoinStep } from './join-paths.js';
import type { AggregateFunction, CompareOperator } from './lexeme.js';
import type { Filter } from './reading.js';
import type { ColumnInfo, TableInfo } from './schema-vocabulary.js';

/** An expression of the queries that the built-in model writes. */
export type Expression =
  | { kind: 'column'; column: ColumnInfo }
  | { kind: 'bucket'; column: ColumnInfo; unit: TimeUnit }
  | { kind: 'count-rows'; table: TableInfo }
  | { kind: 'count-distinct'; columns: ColumnInfo[] }
  | { kind: 'aggregate'; fn: AggregateFunction; column: ColumnInfo }
  | { kind: 'product'; fn: AggregateFunction; price: ColumnInfo; quantity: ColumnInfo }
  | { kind: 'ratio'; top: ConditionalExpression; bottom: ConditionalExpression; scale: 1 | 100 };

/** An aggregate over the rows that meet conditions of its own. */
export interface ConditionalExpression {
  expression: Expression;
  where: Condition[];
}

export type Condition =
  | Exclude<Filter, { kind: 'exists' } | { kind: 'time' } | { kind: 'or' }>
  | { kind: 'or'; conditions: Condition[] }
  | { kind: 'time'; column: ColumnInfo; range: DateRange }
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
  /** Count the rows of the query instead of showing them. */
  countAs: string | null;
}

export const isAggregate = (expression: Expression): boolean =>
  expression.kind !== 'column' && expression.kind !== 'bucket';

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
    case 'count-distinct':
      return expression.columns.map((column) => column.source.canonicalColumnName).join();
    case 'aggregate':
      return `${expression.fn} ${expression.column.source.canonicalColumnName}`;
    case 'product':
      return `${expression.fn} ${expression.price.source.canonicalColumnName}`;
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
