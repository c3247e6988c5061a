import type { AnswerWarning } from '../../contracts/presentation.js';
import { kindOfType } from '../built-in-model/schema-vocabulary.js';
import type { PlainNode } from '../guard/syntax-tree.js';
import type { EmptyCellCounts } from './count-empty-cells.js';
import { type ColumnUse, columnUse, findAggregates, findColumns } from './expressions.js';
import { registryColumn, type SelectShape } from './query-shape.js';
import { keyColumn, type TopCut } from './top-cut.js';

/** The first rows of an order, where the last of them may be like the first that is not shown. */
export interface TiesCutOff {
  limit: number;
  /** What is sorted by, as the reader sees it. */
  by: string[];
  /** One row of two numbers: how many rows have the values of the last row shown, and how many of these are not shown. */
  countSql: string;
}

/** Rows behind the cut that are looked at. */
const MOST_TIES = 1000;

/**
 * What to ask in order to know whether a cut goes through rows that are alike. Keys that only make the order a certain one (names and keys behind
 * an amount, columns of a group behind what is measured of it) do not count: rows that differ in these alone are alike to the reader.
 * @param outermost the SELECT that `cut` is of
 */
export function findTiesCutOff(outermost: SelectShape, cut: TopCut): TiesCutOff[] {
  const { sortKeys } = outermost;
  const isOneRow = !outermost.isGrouped && outermost.aggregates.length > 0;
  if (sortKeys.length !== cut.keys.length || cut.limit === 0 || isOneRow || outermost.hasGroupingSets)
    return [];
  const last = sortKeys.findLastIndex((key) => !isLabel(key, outermost));
  const chosen = sortKeys.flatMap((_, index) => (last < 0 || index <= last ? [index] : []));
  if (
    isUnique(
      chosen.map((index) => sortKeys[index]!),
      outermost,
    )
  )
    return [];
  const shown = cut.limit + cut.offset;
  const order = chosen.map((index) => `${keyColumn(index)} ${cut.keys[index]!.direction}`.trim()).join(', ');
  const lines = [
    `SELECT count(*), count(*) + max(place) - ${shown + 1}`,
    'FROM (',
    `SELECT place, max(CASE WHEN place <= ${shown} THEN place END) OVER () AS last_place`,
    `FROM (SELECT rank() OVER (ORDER BY ${order}) AS place FROM (`,
    cut.withKeys(chosen, shown + MOST_TIES + 1),
    ') AS quaestor_rows) AS quaestor_places',
    ') AS quaestor_cut WHERE place = last_place',
  ];
  // `x IS NULL, x` is how MySQL sorts by x.
  const labels = [...new Set(chosen.map((index) => cut.keys[index]!.label))];
  const by = labels.filter((label, index) => index === labels.length - 1 || !/ is null$/i.test(label));
  return [{ limit: cut.limit, by, countSql: lines.join('\n') }];
}

/** It tells rows apart but ranks them by nothing: a text, a key, or what is grouped by. */
function isLabel(key: PlainNode, shape: SelectShape): boolean {
  if (findAggregates(key, shape.items).length > 0) return false;
  const uses = findColumns(key, shape.items);
  if (uses.length === 0) return false;
  if (shape.isGrouped) return uses.every((use) => shape.groupColumns.some((group) => isSame(group, use)));
  return uses.every((use) => {
    const column = registryColumn(shape, use);
    return column !== undefined && (column.isPrimaryKey || kindOfType(column.dataType) === 'text');
  });
}

/** No two rows have the same values of these keys. */
function isUnique(keys: readonly PlainNode[], shape: SelectShape): boolean {
  const uses = keys.flatMap((key) => columnUse(key, shape.items) ?? []);
  const has = (column: ColumnUse) => uses.some((use) => isSame(use, column));
  if (shape.isGrouped) return shape.groupColumns.length > 0 && shape.groupColumns.every(has);
  const [item, another] = shape.items;
  return (
    another === undefined &&
    item !== undefined &&
    item.keys.some((key) => key.every((column) => has({ item: 0, column })))
  );
}

const isSame = (a: ColumnUse, b: ColumnUse): boolean => a.item === b.item && a.column === b.column;

/** Where nothing was counted, nothing is said. */
export function sayTiesCutOff(
  cuts: readonly TiesCutOff[],
  counts: EmptyCellCounts = new Map(),
): AnswerWarning[] {
  return cuts.flatMap(({ by, countSql, limit }): AnswerWarning[] => {
    const [tied, hidden] = counts.get(countSql) ?? [];
    if (tied === undefined || hidden === undefined || hidden <= 0) return [];
    const isMore = hidden > MOST_TIES;
    const say = (number: number) =>
      `${isMore ? 'more than ' : ''}${(isMore ? number - 1 : number).toLocaleString('en-US')}`;
    const place = by.join(' and ');
    const message =
      limit === 1
        ? `The first place is shared: ${say(tied)} rows are alike in ${place}, and one of them is shown.`
        : `The cut after ${limit.toLocaleString('en-US')} rows goes through rows that are alike: ${say(tied)} share the last value of ${place}, and ${say(hidden)} of them are not shown.`;
    return [{ code: 'ties_cut_off', message, details: { limit, by, tied, hidden, isMore } }];
  });
}
