import { assertComplete } from './assert-complete.js';
import { countApart } from './count-apart.js';
import { findDateColumn } from './date-columns.js';
import { tablesOfColumn } from './formula.js';
import { guardFanOut } from './guard-fan-out.js';
import { JoinTree } from './join-paths.js';
import type { Plan } from './plan.js';
import { planApart } from './plan-apart.js';
import { planConditions } from './plan-conditions.js';
import { partitions, planRows } from './plan-rows.js';
import {
  type ConditionalExpression,
  columnsOf,
  type Expression,
  isAggregate,
  type Query,
  sameExpression,
} from './query.js';
import { CannotRead, type Dimension, type Filter, type Reading } from './reading.js';
import { alias, entityColumns, uniqueAliases } from './result-names.js';
import type { SalesMeasure } from './sales-measure.js';
import { type PlanContext, type Settled, settle, type Wanted } from './settle-measures.js';
import type { ColumnInfo, TableInfo, Vocabulary } from './vocabulary.js';

export interface PlanInput {
  reading: Reading;
  vocabulary: Vocabulary;
  /** What "revenue" is taken to be, if the question has it. */
  sales: SalesMeasure | null;
  /** Roots of the question's words. */
  roots: ReadonlySet<string>;
}

/** Turns a reading into a query. @throws CannotRead if the schema does not allow it, or not without wrong numbers. */
export function planQuery({ reading, vocabulary, sales, roots }: PlanInput): Plan {
  const named = new Set([
    ...reading.mentioned,
    ...(reading.subject ? [reading.subject] : []),
    ...reading.dimensions.flatMap((d) =>
      d.kind === 'entity' ? [d.table] : d.kind === 'column' ? [d.column.table] : [],
    ),
  ]);
  const context: PlanContext = {
    reading,
    vocabulary,
    choice: { named, roots },
    notes: [...reading.notes],
    sales,
  };
  const wanted = settle(context);
  const isGrouped = wanted.measures.length > 0 || wanted.having.length > 0;
  if (reading.rank && !isGrouped) throw new CannotRead('A rank of single rows is not understood.', 3);
  const plan = isGrouped ? planGroups(context, wanted) : planRows(context, wanted.order);
  assertComplete(reading, plan.query);
  return plan;
}

function planGroups(context: PlanContext, wanted: Wanted): Plan {
  const { reading } = context;
  const tables = [
    ...new Set([...wanted.measures, ...wanted.having.map((h) => h.measure)].map((m) => m.table)),
  ];
  // "How many customers have more than 3 orders": the groups are counted.
  const only = wanted.measures.length === 1 ? wanted.measures[0]! : null;
  const first = wanted.dimensions[0];
  if (
    reading.having.length > 0 &&
    only?.expression.kind === 'count-rows' &&
    !wanted.dimensions.some((d) => d.kind !== 'entity' || d.table !== only.table) &&
    wanted.having.every((h) => h.measure.table !== only.table)
  ) {
    const inner = {
      ...wanted,
      measures: [],
      dimensions: [{ kind: 'entity' as const, table: only.table }],
      order: null,
    };
    const plan = planOn(context, inner, wanted.having[0]!.measure.table);
    return { ...plan, query: { ...plan.query, orderBy: [], countAs: alias(only.expression) } };
  }
  const apart = countApart(context, wanted);
  if (apart) return apart;
  if (
    reading.limit !== null &&
    reading.limitWithin.length === 0 &&
    wanted.dimensions.length > 1 &&
    !reading.isCombination &&
    first &&
    !wanted.dimensions.slice(1).every((d) => d.kind === 'column' && isOf(first, d.column, reading))
  ) {
    throw new CannotRead('A top n inside each group is not understood.', 3);
  }
  let problem: CannotRead | null = null;
  let best: Plan | null = null;
  const owner = first?.kind === 'entity' && tables.length > 1 ? [first.table] : [];
  for (const table of new Set([...tables, ...owner])) {
    try {
      const plan = planOn(context, wanted, table);
      if (plan.keepsAll) return plan;
      if (!best || plan.cost < best.cost) best = plan;
    } catch (error) {
      if (!(error instanceof CannotRead)) throw error;
      problem ??= error;
    }
  }
  if (!best) throw problem ?? new CannotRead('Nothing to compute.');
  return best;
}

/** A further fact of what is ranked: of the thing itself, or of its table where it is asked to be shown too. */
const isOf = (first: Dimension, column: ColumnInfo, { projections }: Reading): boolean =>
  first.kind === 'entity'
    ? column.table === first.table
    : first.kind === 'column' && column.table === first.column.table && projections.includes(column);

/** Plans with the rows of one table as those that are added up. */
function planOn(context: PlanContext, wanted: Wanted, base: TableInfo): Plan {
  const { reading, vocabulary, choice, notes } = context;
  const timeDimension = wanted.dimensions.find((d) => d.kind === 'time');
  const timeColumn = timeDimension ? timeColumnOf(timeDimension, context, base) : null;
  const { conditions, tables, asserted, via } = planConditions(
    reading,
    base,
    vocabulary,
    choice,
    timeDimension?.unit ?? null,
    timeColumn,
  );

  const tree = new JoinTree(base, vocabulary, choice);
  if (reading.subject) tree.add(reading.subject);
  for (const table of reading.mentioned) if (!asserted.has(table)) tree.add(table);
  const within = partitions(context, base);
  const own: Expression[] = wanted.dimensions.flatMap((dimension): Expression[] => {
    if (dimension.kind === 'entity') {
      const own = namedBy(base, dimension.table, context);
      if (own) return [{ kind: 'column', column: own }];
      return entityColumns(dimension.table).map((column) => ({ kind: 'column', column }));
    }
    if (dimension.kind === 'column') {
      const { column } = dimension;
      const own = column.table === base ? null : namedBy(base, column.table, context, column);
      return [{ kind: 'column', column: own ?? column }];
    }
    if (timeColumn!.kind === 'number') {
      if (dimension.unit !== 'year')
        throw new CannotRead(`${timeColumn!.source.canonicalColumnName} holds years only.`, 4);
      return [{ kind: 'column', column: timeColumn! }];
    }
    return [{ kind: 'bucket', column: timeColumn!, unit: dimension.unit }];
  });
  const groups = [...own, ...within].flatMap((group): Expression[] =>
    // People read names of days, which sort badly.
    group.kind === 'bucket' && group.unit === 'weekday'
      ? [group, { ...group, unit: 'weekday-name' }]
      : [group],
  );
  const unique = groups.filter((g, i) => groups.findIndex((other) => sameExpression(g, other)) === i);
  for (const group of unique)
    if ('column' in group) for (const table of tablesOfColumn(group.column)) tree.add(table);
  for (const dimension of wanted.dimensions)
    if (dimension.kind === 'entity' && !namedBy(base, dimension.table, context)) tree.add(dimension.table);
  for (const measure of [...wanted.measures, ...wanted.having.map((h) => h.measure)]) tree.add(measure.table);
  for (const measure of [...wanted.measures, ...wanted.having.map((h) => h.measure)])
    for (const column of columnsOf(measure.expression))
      for (const table of tablesOfColumn(column)) tree.add(table);
  for (const table of tables) tree.add(table, via.get(table));
  const counted = keepParents(wanted, base, tree, new Set([...tables, ...reading.mentioned, ...asserted]));

  const siblings = wanted.measures.filter(
    ({ expression, table }) => expression.kind === 'count-rows' && tree.multiplies(table),
  );
  if (!counted && siblings.length > 1)
    throw new CannotRead('Groups that lack the one or the other would be left out.', 4);

  const planPart = (
    part: ConditionalExpression,
    table: TableInfo,
    filters: Filter[],
  ): ConditionalExpression => {
    const own = planConditions({ ...reading, filters, mentioned: [] }, base, vocabulary, choice, null, null);
    for (const needed of own.tables) tree.add(needed, own.via.get(needed));
    const expression = guardFanOut({ table, expression: part.expression }, tree, unique);
    return { expression, where: own.conditions };
  };
  const guarded = (settled: Settled): Expression => {
    const { expression, parts, table } = settled;
    if (counted?.has(table)) return { kind: 'count-distinct', columns: table.primaryKey };
    if (expression.kind !== 'ratio' || !parts) return guardFanOut(settled, tree, unique);
    if (settled.apart) {
      if (table !== base) throw new CannotRead('A ratio is counted from its first side.', 2);
      return planApart(settled, settled.apart, { context, base, tree, groups: unique, planPart });
    }
    // Twice: the joins of the second part may multiply the rows of the first.
    planPart(expression.top, table, parts.top);
    planPart(expression.bottom, table, parts.bottom);
    return {
      ...expression,
      top: planPart(expression.top, table, parts.top),
      bottom: planPart(expression.bottom, table, parts.bottom),
    };
  };
  const plain = wanted.measures.map(guarded);
  const measures = reading.change
    ? plain.flatMap((measure) => [measure, changeOf(measure, reading, unique)])
    : plain;
  const having = wanted.having.map(({ measure, index }) => {
    const { op, value } = reading.having[index]!;
    return { expression: guarded(measure), op, value };
  });
  const ranks: Expression[] = wanted.rank
    ? [{ kind: 'rank', of: guarded(wanted.rank), direction: reading.rank!.direction }]
    : [];
  const shown = [...unique, ...measures, ...ranks, ...having.map((h) => h.expression)].filter(
    (e, i, all) => all.findIndex((o) => sameExpression(o, e)) === i,
  );
  const aliases = uniqueAliases(shown, base);
  const select = shown.map((expression, i) => ({ expression, alias: aliases[i]! }));
  const isGrouped = unique.length > 0;
  const query: Query = {
    base,
    joins: tree.steps,
    select,
    isDistinct: false,
    where: conditions,
    groupBy: unique,
    having,
    orderBy: isGrouped
      ? orderGroups(
          context,
          wanted,
          unique,
          measures,
          having.map((h) => h.expression),
          guarded,
        )
      : [],
    limit: isGrouped ? reading.limit : null,
    partitionBy: isGrouped ? within : [],
    countAs: null,
  };
  // Groups of single rows count one each, which nobody asks for.
  const isSingle =
    base.primaryKey.length > 0 &&
    base.primaryKey.every((key) => unique.some((group) => group.kind === 'column' && group.column === key));
  const counts = [...measures, ...having.map((h) => h.expression)].some(
    (measure) =>
      measure.kind === 'count-rows' ||
      (measure.kind === 'ratio' && measure.bottom.expression.kind === 'count-rows'),
  );
  if (isSingle && counts && !tree.steps.some((s) => s.fansOut))
    throw new CannotRead(`Each ${base.source.canonicalTableName} would be a group of its own.`, 4);
  if (reading.limit !== null && !isGrouped) throw new CannotRead('It is not clear what to rank.', 2);
  return {
    query,
    notes,
    cost: tree.cost * 0.12 + reading.penalty,
    ...(counted ? { keepsAll: true } : {}),
  };
}

/**
 * "The number of guests and of bookings in each country": guests without a booking count as well, so the bookings are joined
 * optionally to the guests. Returns the tables whose keys are to be counted; null where the counts are not of that kind.
 */
function keepParents(
  { dimensions, having, measures }: Wanted,
  base: TableInfo,
  tree: JoinTree,
  restricted: ReadonlySet<TableInfo>,
): ReadonlySet<TableInfo> | null {
  const children = new Set(measures.map(({ table }) => table).filter((table) => table !== base));
  const areCounts = measures.every(({ expression }) => expression.kind === 'count-rows');
  const all = [base, ...children];
  if (children.size === 0 || measures.length < 2 || !areCounts || having.length > 0) return null;
  // "How many employees and how many contracts does each company have?": both belong to the company.
  const isOwner = dimensions.length > 0 && dimensions.every((d) => d.kind === 'entity' && d.table === base);
  if (
    !(isOwner || measures.some(({ table }) => table === base)) ||
    all.some((table) => table.primaryKey.length === 0)
  )
    return null;
  if ([...children].some((child) => restricted.has(child)) || !tree.keepParents(children)) return null;
  return new Set(all);
}

/** The measure, and how it differs from that of the stretch of time before. */
function changeOf(
  measure: Expression,
  { change, limit }: Reading,
  groups: readonly Expression[],
): Expression {
  const over = groups[0];
  if (groups.length !== 1 || over?.kind !== 'bucket' || limit !== null)
    throw new CannotRead('A change from one time to the next is understood of one row of times only.', 4);
  return { kind: 'change', of: measure, over, scale: change!.scale };
}

/**
 * A column of the base that holds the very name by which the other table's rows are known, and that no declared key ties to
 * them: its own values are the groups, with those that the other table lacks.
 */
function namedBy(
  base: TableInfo,
  table: TableInfo,
  { vocabulary, reading }: PlanContext,
  column: ColumnInfo | null = null,
): ColumnInfo | null {
  const shown = column ? [column] : entityColumns(table);
  if (shown.length !== 1 || base === table) return null;
  const needsRows =
    reading.projections.some((other) => other.table === table && other !== column) ||
    reading.mentioned.includes(table) ||
    reading.dimensions.some((d) => d.kind === 'column' && d.column.table === table && d.column !== column) ||
    reading.filters.some((filter) => 'column' in filter && filter.column?.table === table);
  const links = vocabulary.links.filter((link) => link.from === base && link.to === table && !link.isPeer);
  const [link] = links;
  if (
    needsRows ||
    links.length !== 1 ||
    !(link!.implied || link!.isInferred) ||
    link!.toColumns[0] !== shown[0]
  )
    return null;
  return link!.fromColumns[0]!.kind === 'text' ? link!.fromColumns[0]! : null;
}

function timeColumnOf(
  dimension: Extract<Dimension, { kind: 'time' }>,
  context: PlanContext,
  base: TableInfo,
): ColumnInfo {
  const explicit = context.reading.filters.find((f) => f.kind === 'time' && f.column !== null);
  const column =
    dimension.column ??
    (explicit?.kind === 'time' ? explicit.column : null) ??
    findDateColumn(base, context.vocabulary);
  if (!column)
    throw new CannotRead(`${base.source.canonicalTableName} has no date to group by ${dimension.unit}.`, 4);
  return column;
}

function orderGroups(
  { reading }: PlanContext,
  wanted: Wanted,
  groups: Expression[],
  measures: Expression[],
  having: Expression[],
  guarded: (settled: Settled) => Expression,
): Query['orderBy'] {
  const rest = groups.map((expression) => ({ expression, direction: 'asc' as const }));
  const bucket = groups.find(
    (g) =>
      g.kind === 'bucket' ||
      (g.kind === 'column' && g.column.kind === 'number' && g.column.words[0]?.concept === 'year'),
  );
  const { order } = wanted;
  const chosen = order?.measure
    ? guarded(order.measure)
    : order?.column
      ? ({ kind: 'column', column: order.column } as const)
      : null;
  const main =
    chosen ??
    (bucket && reading.limit === null
      ? bucket
      : ((measures.at(-1) && measures[0]) ?? having[0] ?? groups[0]!));
  if (chosen && !isAggregate(chosen) && !groups.some((g) => sameExpression(g, chosen))) {
    throw new CannotRead('The order asked for is not one of the groups.', 3);
  }
  const direction = order?.direction ?? (isAggregate(main) ? 'desc' : 'asc');
  return [{ expression: main, direction }, ...rest.filter((r) => !sameExpression(r.expression, main))];
}
