import { findDateColumn } from './date-columns.js';
import { tablesOfColumn } from './formula.js';
import { JoinTree } from './join-paths.js';
import type { Plan } from './plan.js';
import { planConditions } from './plan-conditions.js';
import { type Expression, type Query, sameExpression } from './query.js';
import { CannotRead } from './reading.js';
import { entityColumns, uniqueAliases } from './result-names.js';
import type { PlanContext } from './settle-measures.js';
import type { ColumnInfo, TableInfo } from './vocabulary.js';

const SHOWN_COLUMNS = 12;

interface RowOrder {
  column: ColumnInfo | null;
  direction: 'asc' | 'desc';
}

/** Plans a list of rows: nothing is added up. @throws CannotRead */
export function planRows(context: PlanContext, order: RowOrder | null): Plan {
  const { reading, vocabulary, choice, notes } = context;
  const { subject, projections } = reading;
  if (!subject && projections.length === 0) throw new CannotRead('It is not clear what is asked for.', 2);
  const bases = [...new Set([...(subject ? [subject] : []), ...projections.map((column) => column.table)])];
  let problem: CannotRead | null = null;
  for (const base of bases) {
    try {
      return planFrom(base);
    } catch (error) {
      if (!(error instanceof CannotRead)) throw error;
      problem ??= error;
    }
  }
  throw problem!;

  function planFrom(base: TableInfo): Plan {
    const { conditions, tables, asserted, via } = planConditions(
      reading,
      base,
      vocabulary,
      choice,
      null,
      null,
    );
    const tree = new JoinTree(base, vocabulary, choice);
    for (const column of projections) for (const table of tablesOfColumn(column)) tree.add(table);
    if (tree.steps.some((step) => step.fansOut))
      throw new CannotRead('The columns asked for are not of one kind of row.', 2);
    if (subject) tree.add(subject);
    for (const { column } of reading.order?.further ?? []) tree.add(column.table);
    if (order?.column) for (const table of tablesOfColumn(order.column)) tree.add(table);
    for (const table of reading.mentioned) if (!asserted.has(table)) tree.add(table);
    for (const table of tables) tree.add(table, via.get(table));
    const within = partitions(context, base);
    for (const group of within) if ('column' in group) tree.add(group.column.table);
    tree.keepRows(
      new Set([
        ...(subject ? [subject] : []),
        ...(reading.order?.further ?? []).map(({ column }) => column.table),
        ...(order?.column ? tablesOfColumn(order.column) : []),
        ...reading.mentioned,
        ...tables,
        ...within.flatMap((group) => ('column' in group ? [group.column.table] : [])),
      ]),
    );
    const repeats = tree.steps.some((step) => step.fansOut);
    if (within.length > 0 && (repeats || !order?.column))
      throw new CannotRead('It is not clear what is ranked in each group.', 3);

    const columns = shownColumns(base);
    // A computed column is made anew at each place where it is said.
    const isShown = (column: ColumnInfo) =>
      columns.some((c) => c.source.canonicalColumnName === column.source.canonicalColumnName);
    if (order?.column && !isShown(order.column)) columns.push(order.column);
    const further = (reading.order?.further ?? []).filter(({ column }) => column !== order?.column);
    for (const { column } of further) if (!columns.includes(column)) columns.push(column);
    const expressions: Expression[] = columns.map((column) => ({ kind: 'column', column }) as const);
    for (const group of within)
      if (!expressions.some((shown) => sameExpression(shown, group))) expressions.push(group);
    const aliases = uniqueAliases(expressions, base);
    // Plain values asked for without their rows ("all cities") are shown once each.
    const isValues =
      subject === null && projections.length === 1 && !projections[0]!.isKey && !isLabel(projections[0]!);
    const isDistinct = repeats || reading.isDistinct || isValues;
    if (repeats && subject && projections.length === 0 && base.primaryKey.length === 0) {
      throw new CannotRead(`${base.source.canonicalTableName} has no key to show its rows once.`, 4);
    }
    const sortable = (column: ColumnInfo) => !isDistinct || columns.includes(column);
    const main = order?.column ?? null;
    const ties = [...base.labels, ...base.primaryKey].filter((column) => column !== main && sortable(column));
    const fallback =
      ties.length > 0 || main ? ties : columns.filter((column) => column.kind !== 'other').slice(0, 1);
    const direction = order && !main ? order.direction : 'asc';
    const sorted =
      order && !main && projections[0]
        ? [projections[0], ...fallback.filter((c) => c !== projections[0])]
        : fallback;
    if (reading.limit !== null && !main) throw new CannotRead('It is not clear by what to rank.', 3);
    // "names of customers": rather the customers' own than those of a table joined for a condition.
    const elsewhere = projections.filter((column) => column.table !== (subject ?? base)).length;
    const query: Query = {
      base,
      joins: tree.steps,
      select: expressions.map((expression, i) => ({ expression, alias: aliases[i]! })),
      isDistinct,
      where: conditions,
      groupBy: [],
      having: [],
      orderBy: [
        ...(main
          ? [{ expression: { kind: 'column', column: main } as const, direction: order!.direction }]
          : []),
        ...further.map(({ column, direction }) => ({
          expression: { kind: 'column', column } as const,
          direction,
        })),
        ...sorted
          .filter((column) => !further.some((other) => other.column === column))
          .map((column, i) => ({
            expression: { kind: 'column', column } as const,
            direction: i === 0 ? direction : ('asc' as const),
          })),
      ],
      limit: reading.limit,
      partitionBy: within,
      countAs: null,
    };
    return { query, notes, cost: tree.cost * 0.12 + elsewhere * 0.15 + reading.penalty };
  }

  function shownColumns(base: TableInfo): ColumnInfo[] {
    if (projections.length > 0) return [...projections];
    const all = base.columns.filter((column) => column.kind !== 'other').slice(0, SHOWN_COLUMNS);
    const isBare = base.labels.length === 0;
    return reading.mood === 'list' || isBare ? all : entityColumns(base);
  }
}

/** What a "top n in each …" is counted inside of. */
export function partitions({ reading, vocabulary }: PlanContext, base: TableInfo): Expression[] {
  return reading.limitWithin.flatMap((dimension): Expression[] => {
    if (dimension.kind === 'entity')
      return entityColumns(dimension.table).map((column) => ({ kind: 'column', column }));
    if (dimension.kind === 'column') return [{ kind: 'column', column: dimension.column }];
    const column = dimension.column ?? findDateColumn(base, vocabulary);
    if (column?.kind !== 'date') throw new CannotRead(`There is no date to group by ${dimension.unit}.`, 4);
    return [{ kind: 'bucket', column, unit: dimension.unit }];
  });
}

const isLabel = (column: ColumnInfo): boolean => column.table.labels.includes(column);
