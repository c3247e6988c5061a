import type { PathChoice } from './join-paths.js';
import { isMoney } from './money-tables.js';
import { type Expression, sameExpression } from './query.js';
import {
  CannotRead,
  type Dimension,
  type Filter,
  type Measure,
  type RatioPart,
  type Reading,
} from './reading.js';
import type { SalesMeasure } from './sales-measure.js';
import type { ColumnInfo, TableInfo, Vocabulary } from './vocabulary.js';

/** What planning one reading needs to know. */
export interface PlanContext {
  reading: Reading;
  vocabulary: Vocabulary;
  choice: PathChoice;
  notes: string[];
  sales: SalesMeasure | null;
}

/** A measure whose column is known. */
export interface Settled {
  table: TableInfo;
  expression: Expression;
  /** Conditions of the two parts of a ratio, to be planned where the joins are known. */
  parts?: { top: Filter[]; bottom: Filter[] };
  /** The second side of a ratio is of another table. */
  apart?: TableInfo;
}

export interface Wanted {
  measures: Settled[];
  having: { measure: Settled; index: number }[];
  dimensions: Dimension[];
  rank?: Settled;
  order: { measure: Settled | null; column: ColumnInfo | null; direction: 'asc' | 'desc' } | null;
}

function settlePart({ measure }: RatioPart, context: PlanContext): Settled {
  if (
    measure.kind === 'bare' &&
    isRate(measure.column) &&
    !measure.column.words.some((w) => w.concept === 'density')
  )
    throw new CannotRead(`It is not clear how to combine ${measure.column.source.canonicalColumnName}.`, 4);
  return settleMeasure(measure, context);
}

function settleMeasure(measure: Measure, context: PlanContext): Settled {
  const { sales } = context;
  switch (measure.kind) {
    case 'count':
      return { table: measure.table, expression: { kind: 'count-rows', table: measure.table } };
    case 'count-distinct':
      return {
        table: measure.column.table,
        expression: { kind: 'count-distinct', columns: [measure.column] },
      };
    case 'aggregate':
      return {
        table: measure.column.table,
        expression: { kind: 'aggregate', fn: measure.fn, column: measure.column },
      };
    case 'bare':
      return {
        table: measure.column.table,
        expression: { kind: 'aggregate', fn: 'sum', column: measure.column },
      };
    case 'ratio': {
      const top = settlePart(measure.top, context);
      const bottom = settlePart(measure.bottom, context);
      const isApart = top.table !== bottom.table;
      const areCounts = [top, bottom].every(({ expression }) => expression.kind === 'count-rows');
      if (isApart && (!areCounts || measure.scale === 100))
        throw new CannotRead('A ratio of things of different tables is not understood.', 4);
      const expression = {
        kind: 'ratio' as const,
        top: { expression: top.expression, where: [] },
        bottom: { expression: bottom.expression, where: [] },
        scale: measure.scale,
      };
      return {
        table: top.table,
        expression,
        parts: { top: measure.top.filters, bottom: measure.bottom.filters },
        ...(isApart ? { apart: bottom.table } : {}),
      };
    }
    case 'sales': {
      // Of each sale, or of the totals of each group? The question does not say.
      if (measure.fn !== 'sum') {
        throw new CannotRead(`It is not clear of what single things the ${measure.words} is meant.`, 4);
      }
      if (!sales) throw new CannotRead(`No column is clearly the ${measure.words}.`, 5);
      if ('column' in sales) {
        return {
          table: sales.table,
          expression: { kind: 'aggregate', fn: measure.fn, column: sales.column },
        };
      }
      return {
        table: sales.table,
        expression: { kind: 'product', fn: measure.fn, price: sales.price, quantity: sales.quantity },
      };
    }
  }
}

/** Price-like numbers are not added up unless that was said. */
const isRate = (column: ColumnInfo): boolean =>
  column.words.some((w) =>
    'price rate rating percent average score age ratio density year'.split(' ').includes(w.concept),
  );

const isAmount = (column: ColumnInfo): boolean =>
  column.words.some(({ concept }) => /^(?:amount|cost|value|price|revenue|total)$/.test(concept));

/** "average hours per shift": each shift has one value, and the average is that of all of them. */
const isEachOwnRow = (dimension: Dimension, asked: readonly Measure[]): boolean =>
  dimension.kind === 'entity' &&
  asked.length > 0 &&
  asked.every((m) => m.kind === 'aggregate' && m.fn === 'avg' && m.column.table === dimension.table);

/** Decides what is grouped and measured, and what is a plain list of rows. */
export function settle(context: PlanContext): Wanted {
  const { reading, notes } = context;
  const asked = [...reading.measures];
  reading.dimensions = reading.dimensions.filter((dimension) => !isEachOwnRow(dimension, asked));
  let dimensions = [...reading.dimensions];
  const order = reading.order;
  const subject = reading.subject;

  // A ranking by a plain column of the rows themselves needs no grouping.
  const orderColumn = order?.by?.kind === 'bare' ? order.by.column : null;
  const sameAsMeasure = orderColumn && asked.some((m) => 'column' in m && m.column === orderColumn);
  const isDimension = orderColumn && dimensions.some((d) => d.kind === 'column' && d.column === orderColumn);
  const isShown = orderColumn && reading.projections.includes(orderColumn);
  const isOfRows =
    orderColumn &&
    asked.length === 0 &&
    dimensions.length === 0 &&
    (orderColumn.table === subject ||
      isShown ||
      reading.projections.some((p) => p.table === orderColumn.table));
  // "Which city has the most seats?": of its largest branch, or of all together?
  const isValue = (column: ColumnInfo) =>
    column.kind === 'text' && !column.isKey && !column.table.labels.includes(column);
  if (orderColumn && isOfRows && order?.isTotal && !subject && reading.projections.every(isValue))
    throw new CannotRead(
      `It is not clear whether single values or totals of ${orderColumn.source.canonicalColumnName} are ranked.`,
      4,
    );
  if (order?.isOfRows && asked.length > 0)
    throw new CannotRead('It is not clear whether single rows or totals are ranked.', 4);
  let orderMeasure: Measure | null = null;
  if (order?.by && !(order.by.kind === 'bare' && (isOfRows || sameAsMeasure || isDimension))) {
    if (order.by.kind === 'bare') {
      const { column } = order.by;
      if (asked.length > 0 && column.kind !== 'number') {
        return {
          measures: asked.map((m) => settleMeasure(m, context)),
          having: [],
          dimensions: withSubject(context, dimensions),
          order: { measure: null, column, direction: order.direction },
        };
      }
      if (column.kind !== 'number' || column.isKey)
        throw new CannotRead(`It is not clear how to rank by ${column.source.canonicalColumnName}.`, 3);
      if (!order.isTopBy || isRate(column)) {
        throw new CannotRead(
          `It is not clear whether single values or totals of ${column.source.canonicalColumnName} are ranked.`,
          4,
        );
      }
      notes.push(`${column.source.canonicalColumnName} is added up`);
    }
    orderMeasure = order.by;
  }

  const having = reading.having;
  const needsGroups =
    asked.length > 0 ||
    reading.rank !== null ||
    orderMeasure !== null ||
    having.length > 0 ||
    dimensions.length > 0;
  if (!needsGroups)
    return {
      measures: [],
      having: [],
      dimensions: [],
      order: order && { measure: null, column: orderColumn, direction: order.direction },
    };

  if (asked.length === 0 && orderMeasure === null && having.length === 0 && reading.rank === null) {
    // "orders per month": counted. "population by country": added up.
    const numbers = reading.projections.filter((c) => c.kind === 'number' && !c.isKey);
    if (numbers.length > 0 && numbers.length === reading.projections.length) {
      if (numbers.some(isRate))
        throw new CannotRead(`It is not clear how to combine ${numbers[0]!.source.canonicalColumnName}.`, 4);
      notes.push(`${numbers.map((c) => c.source.canonicalColumnName).join(', ')} added up`);
      asked.push(...numbers.map((column): Measure => ({ kind: 'aggregate', fn: 'sum', column })));
      reading.projections.length = 0;
    } else if (subject && reading.projections.length === 0) {
      if (isMoney(subject))
        throw new CannotRead(
          `It is not clear whether the number or the amount of ${subject.source.canonicalTableName} is meant.`,
          4,
        );
      asked.push({ kind: 'count', table: subject });
    } else throw new CannotRead('It is not clear what to compute for each group.', 3);
  }
  // "the percentage of fines paid, by amount" weighs by the amount rather than groups by it.
  const isWeighed = dimensions.some(
    (d) => d.kind === 'column' && d.column.kind === 'number' && isAmount(d.column),
  );
  if (isWeighed && asked.some((measure) => measure.kind === 'ratio'))
    throw new CannotRead('A ratio by an amount is not understood.', 4);
  for (const measure of asked) {
    if (measure.kind === 'bare' && isRate(measure.column))
      throw new CannotRead(`It is not clear how to combine ${measure.column.source.canonicalColumnName}.`, 4);
    if (measure.kind === 'bare' && measure.column.kind !== 'number')
      throw new CannotRead(`${measure.column.source.canonicalColumnName} is not a number.`, 2);
  }

  const measures: Settled[] = [];
  const add = (measure: Measure): Settled => {
    const settled = settleMeasure(measure, context);
    const there = measures.find((m) => sameExpression(m.expression, settled.expression));
    if (!there) measures.push(settled);
    return there ?? settled;
  };
  for (const measure of asked) add(measure);
  const rank = reading.rank ? add(reading.rank.by) : undefined;
  dimensions = withSubject(context, dimensions);
  const settledOrder = orderMeasure
    ? add(orderMeasure)
    : sameAsMeasure
      ? (measures.find((m) => 'column' in m.expression && m.expression.column === orderColumn) ?? null)
      : null;
  const settledHaving = having.map((h, index) => ({ measure: settleMeasure(h.measure, context), index }));
  return {
    measures,
    having: settledHaving,
    dimensions,
    ...(rank ? { rank } : {}),
    order: order && {
      measure: settledOrder,
      column: isDimension ? orderColumn : null,
      direction: order.direction,
    },
  };
}

/** The things asked for become groups, unless they are what is measured. */
function withSubject({ reading }: PlanContext, dimensions: Dimension[]): Dimension[] {
  const out = [...dimensions];
  const { subject, projections } = reading;
  const tableOf = (m: Measure): TableInfo | null => {
    if (m.kind === 'ratio') return tableOf(m.top.measure);
    return m.kind === 'count' ? m.table : m.kind === 'sales' ? null : m.column.table;
  };
  const measured = reading.measures.some((m) => tableOf(m) === subject);
  // "payment methods of payments by total amount": the methods are the groups, not each payment.
  const ranksItself = projections.length > 0 && reading.order?.by && tableOf(reading.order.by) === subject;
  if (subject && !out.some((d) => d.kind === 'entity' && d.table === subject)) {
    const ownProjections = projections.length > 0 && projections.every((p) => p.table === subject);
    const isGrouped =
      reading.order?.by ||
      reading.rank ||
      reading.having.length > 0 ||
      (reading.measures.length > 0 && !measured);
    const describes =
      ownProjections &&
      !projections.every((p) => subject.labels.includes(p)) &&
      subject.primaryKey.length === 0;
    if (isGrouped && out.length === 0 && !describes && !ranksItself)
      out.unshift({ kind: 'entity', table: subject });
    else if (isGrouped && out.length > 0 && !measured && !ranksItself) {
      // "customers … by country": both.
      if (!(out.length === 1 && out[0]!.kind === 'time'))
        throw new CannotRead(
          `It is not clear whether to group by ${subject.source.canonicalTableName} too.`,
          3,
        );
      out.unshift({ kind: 'entity', table: subject });
    }
  }
  for (const column of projections) {
    const covered = out.some(
      (d) =>
        (d.kind === 'column' && d.column === column) ||
        (d.kind === 'entity' && (d.table.labels.includes(column) || d.table.primaryKey.includes(column))),
    );
    if (!covered) out.push({ kind: 'column', column });
  }
  return out;
}
