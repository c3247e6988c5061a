import { addUnits, startOfUnit } from './calendar.js';
import { checkDescent, checkOwnFlag, checkSharing, checkTrade } from './check-paths.js';
import { findDateColumn } from './date-columns.js';
import { tablesOfColumn } from './formula.js';
import { findPath, type JoinStep, type PathChoice } from './join-paths.js';
import type { GroupUnit } from './operators.js';
import type { Condition } from './query.js';
import { CannotRead, type Filter, type Reading } from './reading.js';
import type { ColumnInfo, TableInfo, Vocabulary } from './vocabulary.js';

export interface PlannedConditions {
  conditions: Condition[];
  /** Tables that the conditions need joined. */
  tables: TableInfo[];
  /** Tables that are to be reached from another than the base: "authors with papers in the domain x", through the papers. */
  via: ReadonlyMap<TableInfo, TableInfo>;
  /** Tables that an EXISTS takes care of. */
  asserted: ReadonlySet<TableInfo>;
}

/** Finds the columns of time filters and puts conditions on absent things inside their NOT EXISTS. */
export function planConditions(
  reading: Reading,
  base: TableInfo,
  vocabulary: Vocabulary,
  choice: PathChoice,
  bucketUnit: GroupUnit | null,
  timeColumn: ColumnInfo | null,
): PlannedConditions {
  const existing = [
    ...reading.filters.filter((filter) => filter.kind === 'exists'),
    ...onlyAsserted(reading, base, vocabulary, choice),
  ];
  const inside = new Map<TableInfo, Condition[]>(existing.map((filter) => [filter.table, []]));
  const outer: Condition[] = [];
  const each: Condition[] = [];
  const via = new Map<TableInfo, TableInfo>();
  for (const filter of reading.filters) {
    if (filter.kind === 'exists') continue;
    if (filter.kind === 'or') {
      outer.push(planEither(filter));
      continue;
    }
    const table = filter.column?.table ?? (filter.kind === 'time' ? filter.focus : null);
    if (filter.kind === 'values' && filter.isAll) {
      each.push(...planAll(filter, reading, base, vocabulary, choice));
      continue;
    }
    if (filter.kind === 'values') {
      const focus = throughFocus(filter, base, vocabulary, choice);
      if (focus) via.set(filter.column.table, focus);
    }
    const condition =
      filter.kind === 'time'
        ? planTime(filter, base, vocabulary, bucketUnit, timeColumn, inside, choice)
        : filter;
    if (filter.kind === 'boolean') checkOwnFlag(filter.column, base, vocabulary, choice);
    const absent = absentBefore(filter, reading, base, vocabulary, choice);
    const home =
      table && inside.has(table)
        ? table
        : absent
          ? absent
          : condition.kind !== 'exists' && condition.kind !== 'or'
            ? condition.column.table
            : null;
    const target = home ? inside.get(home) : undefined;
    (target ?? outer).push(condition);
  }
  checkTimes(outer);
  checkValues(outer);
  const exists: Condition[] = existing.map((filter) => {
    const path = findPath(base, filter.table, vocabulary, choice, true);
    if (!path || path.length === 0) {
      throw new CannotRead(
        `No foreign keys connect ${base.source.canonicalTableName} and ${filter.table.source.canonicalTableName}.`,
        3,
      );
    }
    checkSharing(path, choice);
    checkTrade(path, choice);
    if (filter.negated) checkDescent(path);
    const reached = new Set(path.map((step) => step.to));
    for (const { column } of inside.get(filter.table)!.filter((one) => 'column' in one)) {
      if (!filter.negated || reached.has(column.table)) continue;
      for (const step of findPath(filter.table, column.table, vocabulary, choice) ?? [])
        if (!reached.has(step.to)) {
          path.push(step);
          reached.add(step.to);
        }
    }
    if (
      inside
        .get(filter.table)!
        .flatMap(tablesOf)
        .some((table) => !reached.has(table))
    )
      throw new CannotRead('A condition on several tables at once is not understood.', 3);
    return { kind: 'exists', path, negated: filter.negated, conditions: inside.get(filter.table)! };
  });
  const tables = outer.flatMap(tablesOf);
  const absent = new Set(existing.flatMap(({ negated, table }) => (negated ? [table] : [])));
  for (const table of absent.size > 0 ? tables : [])
    if (findPath(base, table, vocabulary, choice)?.some((step) => absent.has(step.to)))
      throw new CannotRead('A condition on what there is none of is not understood.', 4);
  return {
    conditions: [...outer, ...exists, ...each],
    tables,
    via,
    asserted: new Set([
      ...existing.map((filter) => filter.table),
      ...exists.flatMap((one) =>
        one.kind === 'exists' && one.negated ? one.path.map((step) => step.to) : [],
      ),
    ]),
  };
}

/**
 * "guests who never ordered breakfast": a condition behind what there is none of says which of them there is none of. Returns the
 * absent table; null for conditions that the things asked for meet themselves.
 */
function absentBefore(
  filter: Filter,
  { filters }: Reading,
  base: TableInfo,
  vocabulary: Vocabulary,
  choice: PathChoice,
): TableInfo | null {
  if (filter.kind === 'exists' || filter.kind === 'or' || filter.kind === 'time') return null;
  const { column } = filter;
  if (column.table === base || (filter.kind === 'values' && filter.negated)) return null;
  const absent = filters
    .slice(0, filters.indexOf(filter))
    .findLast((one) => one.kind === 'exists' && one.negated);
  const table = absent?.kind === 'exists' ? absent.table : null;
  if (!table || (filter.kind === 'values' && filter.focus === base)) return null;
  const isOwn = filter.kind !== 'values' || !filter.focus;
  const direct = isOwn ? findPath(base, column.table, vocabulary, choice) : null;
  if (direct?.every((step) => !step.fansOut)) return null;
  const path = findPath(table, column.table, vocabulary, choice);
  return path?.every((step) => !step.fansOut && step.to !== base) ? table : null;
}

/** "rivers in countries with a lake": tables spoken of that no join reaches, but that share a column. */
function onlyAsserted(
  { mentioned }: Reading,
  base: TableInfo,
  vocabulary: Vocabulary,
  choice: PathChoice,
): Extract<Filter, { kind: 'exists' }>[] {
  return mentioned
    .filter((table) => {
      if (table === base || findPath(base, table, vocabulary, choice)) return false;
      return findPath(base, table, vocabulary, choice, true) !== null;
    })
    .map((table) => ({ kind: 'exists', table, negated: false }));
}

/** Sides of an "or" stand on rows of one table; a join would drop rows that only one side needs. */
function planEither({ filters }: Extract<Filter, { kind: 'or' }>): Condition {
  const conditions = filters.map((filter): Condition => {
    if (filter.kind === 'exists' || filter.kind === 'or' || filter.kind === 'time')
      throw new CannotRead('"or" between such different things is not understood.', 3);
    return filter;
  });
  const tables = new Set(conditions.flatMap(tablesOf));
  if (tables.size !== 1) throw new CannotRead('"or" between columns of several tables is not understood.', 3);
  return { kind: 'or', conditions };
}

const tablesOf = (condition: Condition): TableInfo[] => {
  if (condition.kind === 'exists') return [];
  return condition.kind === 'or' ? condition.conditions.flatMap(tablesOf) : tablesOfColumn(condition.column);
};

function planTime(
  filter: Extract<Filter, { kind: 'time' }>,
  base: TableInfo,
  vocabulary: Vocabulary,
  bucketUnit: GroupUnit | null,
  timeColumn: ColumnInfo | null,
  inside: ReadonlyMap<TableInfo, unknown>,
  choice: PathChoice,
): Condition {
  const near = timeTable(filter, base, vocabulary, choice, inside);
  if (!filter.column && near !== base) refuseTimeBetween(near, base, vocabulary, choice);
  const column =
    filter.column ??
    (near === base ? timeColumn : null) ??
    findDateColumn(near, vocabulary) ??
    timeColumn ??
    findDateColumn(base, vocabulary);
  if (!column)
    throw new CannotRead(
      `${base.source.canonicalTableName} has no date for "${filter.range.from ?? filter.range.to}".`,
      4,
    );
  let { range } = filter;
  // "per month in the last 12 months": twelve whole months, the current one included.
  const unit = filter.bucket;
  // On the last day of a unit its end alone does not tell.
  const isWhole = unit && [range.from, range.to].every((day) => day && startOfUnit(day, unit) === day);
  if (unit && unit === bucketUnit && range.from && range.to && !isWhole) {
    range = { from: addUnits(startOfUnit(range.from, unit), unit, 1), to: range.to };
  }
  if (column.kind === 'number') {
    if (filter.weekdays) throw new CannotRead(`${column.source.canonicalColumnName} holds years only.`, 4);
    return yearCondition(column, range);
  }
  const { weekdays, clock, orEmpty } = filter;
  if (clock && (column.isDay || column.kind !== 'date'))
    throw new CannotRead(`${column.source.canonicalColumnName} has no time of day.`, 4);
  return {
    kind: 'time',
    column,
    range,
    ...(orEmpty ? { orEmpty } : {}),
    ...(weekdays ? { weekdays } : {}),
    ...(clock ? { clock } : {}),
  };
}

/**
 * "students who borrowed a book in 2023": the book has no date, but the loan in between has; when the student joined was not asked.
 */
function refuseTimeBetween(
  near: TableInfo,
  base: TableInfo,
  vocabulary: Vocabulary,
  choice: PathChoice,
): void {
  if (near.columns.some((column) => column.kind === 'date')) return;
  const between = (findPath(base, near, vocabulary, choice) ?? []).slice(0, -1).map((step) => step.to);
  const dated = between.find((table) => table.columns.some((column) => column.kind === 'date'));
  if (dated) throw new CannotRead(`The time could be that of ${dated.source.canonicalTableName}.`, 5);
}

/** "both Leeds and Norwich": for each value a row of its own. */
function planAll(
  filter: Extract<Filter, { kind: 'values' }>,
  reading: Reading,
  base: TableInfo,
  vocabulary: Vocabulary,
  choice: PathChoice,
): Condition[] {
  const { column, values, focus } = filter;
  if (column.table === base || !reading.subject || reading.subject !== base)
    throw new CannotRead(`No row of ${base.source.canonicalTableName} is both at once.`, 4);
  const path = pathThrough(base, focus ?? null, column.table, vocabulary, choice);
  const reached = new Set(path.map((step) => step.to));
  const isMixed = reading.filters.some(
    (other) => other !== filter && 'column' in other && other.column && reached.has(other.column.table),
  );
  if (isMixed || !path.some((step) => step.fansOut))
    throw new CannotRead('"both" together with other conditions is not understood.', 4);
  return values.map((value) => ({
    kind: 'exists',
    path,
    negated: false,
    conditions: [{ ...filter, values: [value], isAll: false }],
  }));
}

function pathThrough(
  base: TableInfo,
  focus: TableInfo | null,
  to: TableInfo,
  vocabulary: Vocabulary,
  choice: PathChoice,
): JoinStep[] {
  const fail = (): never => {
    throw new CannotRead(
      `No foreign keys connect ${base.source.canonicalTableName} and ${to.source.canonicalTableName}.`,
      3,
    );
  };
  if (!focus || focus === base || focus === to) return findPath(base, to, vocabulary, choice) ?? fail();
  const first = findPath(base, focus, vocabulary, choice) ?? fail();
  const second = findPath(focus, to, vocabulary, choice) ?? fail();
  const between = new Set(first.map((step) => step.to));
  if (second.some((step) => step.to === base || between.has(step.to))) return fail();
  return [...first, ...second];
}

/**
 * "customers with orders in Berlin": the place must be the orders', not one that the customers have besides. Returns the table
 * that the value is to be reached from where the shortest way would leave it out.
 */
function throughFocus(
  { focus, column }: Extract<Filter, { kind: 'values' }>,
  base: TableInfo,
  vocabulary: Vocabulary,
  choice: PathChoice,
): TableInfo | null {
  if (!focus || focus === base || column.table === base || column.table === focus) return null;
  let path: JoinStep[] | null = null;
  try {
    path = findPath(base, column.table, vocabulary, choice);
  } catch (error) {
    if (!(error instanceof CannotRead)) throw error;
  }
  if (path?.some((step) => step.to === focus)) return null;
  try {
    pathThrough(base, focus, column.table, vocabulary, choice);
    return focus;
  } catch (error) {
    if (!(error instanceof CannotRead)) throw error;
    throw new CannotRead(
      `It is not clear whether ${column.source.canonicalColumnName} belongs to ${focus.source.canonicalTableName} or ${base.source.canonicalTableName}.`,
      4,
    );
  }
}

/** A column that has one value is not two things at once. */
function checkValues(conditions: readonly Condition[]): void {
  const values = conditions.filter((condition) => condition.kind === 'values').filter((one) => !one.negated);
  for (const [i, a] of values.entries())
    for (const b of values.slice(i + 1))
      if (a.column === b.column && !a.values.some((value) => b.values.includes(value)))
        throw new CannotRead(`${a.column.source.canonicalColumnName} cannot be both at once.`, 4);
}

/** Two times of one column that exclude each other were not meant so. */
function checkTimes(conditions: readonly Condition[]): void {
  const times = conditions.filter((condition) => condition.kind === 'time');
  for (const [i, a] of times.entries()) {
    for (const b of times.slice(i + 1)) {
      const isApart = (x: typeof a, y: typeof a) =>
        x.range.to !== undefined && y.range.from !== undefined && x.range.to <= y.range.from;
      const isInside = (x: typeof a, y: typeof a) =>
        x.range.from !== undefined &&
        x.range.to !== undefined &&
        (y.range.from ?? '') <= x.range.from &&
        (y.range.to ?? '9') >= x.range.to;
      if (a.column === b.column && !a.weekdays && !b.weekdays && (isInside(a, b) || isInside(b, a)))
        throw new CannotRead('Two times, the one inside the other, are not understood.', 4);
      if (a.column === b.column && (isApart(a, b) || isApart(b, a))) {
        throw new CannotRead('Two times that exclude each other are not understood.', 4);
      }
    }
  }
}

/**
 * Whose time is meant: of what is counted or listed, not of the things that it belongs to ("orders of each employee last
 * month"); but of the things that belong to it ("customers with orders last month").
 */
function timeTable(
  { focus }: Extract<Filter, { kind: 'time' }>,
  base: TableInfo,
  vocabulary: Vocabulary,
  choice: PathChoice,
  inside: ReadonlyMap<TableInfo, unknown>,
): TableInfo {
  if (focus === null || focus === base) return base;
  if (inside.has(focus)) return focus;
  return findPath(base, focus, vocabulary, choice)?.some((step) => step.fansOut) ? focus : base;
}

function yearCondition(column: ColumnInfo, range: { from?: string; to?: string }): Condition {
  const bounds = [range.from, range.to].filter((bound) => bound !== undefined);
  if (!bounds.every((bound) => bound.endsWith('-01-01'))) {
    throw new CannotRead(`${column.source.canonicalColumnName} holds years only.`, 4);
  }
  const low = range.from ? Number(range.from.slice(0, 4)) : null;
  const high = range.to ? Number(range.to.slice(0, 4)) - 1 : null;
  if (low !== null && high !== null) {
    return low === high
      ? { kind: 'compare', column, op: '=', value: low }
      : { kind: 'between', column, low, high };
  }
  return low !== null
    ? { kind: 'compare', column, op: '>=', value: low }
    : { kind: 'compare', column, op: '<=', value: high! };
}
