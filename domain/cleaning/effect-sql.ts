import { CLEANING_LIMITS } from '../../contracts/cleaning.js';
import { quoteLiteral } from '../datasets/sql-text.js';
import type { ProgramStep } from './cleaning-program.js';
import type { WatchedColumn } from './compiled-step.js';
import { asText, isMissing } from './working-column.js';

const { examples, lostExamples, exampleChars } = CLEANING_LIMITS;

const cut = (text: string): string => `left(${text}, ${exampleChars})`;
const textOf = (column: WatchedColumn['before']): string => (column ? asText(column) : 'NULL');

/** The cell reads otherwise afterwards. */
export function changedSql({ before, after }: WatchedColumn): string {
  if (!before) return after ? `${after.id} IS NOT NULL` : 'false';
  if (!after) return `${before.id} IS NOT NULL`;
  // The text of a value and the value are the same to a reader.
  return before.type === after.type
    ? `${before.id} IS DISTINCT FROM ${after.id}`
    : `${asText(before)} IS DISTINCT FROM ${asText(after)}`;
}

/** The cell held something and holds nothing afterwards. */
export function lostSql({ before, after }: WatchedColumn): string {
  if (!before) return 'false';
  return after ? `(${after.id} IS NULL AND NOT ${isMissing(before)})` : `(NOT ${isMissing(before)})`;
}

/** Rows that are counted, and of which the first are shown. */
export interface CountedRows {
  /** True of the rows; never NULL. */
  flag: string;
  /** What is shown of a row: a struct. */
  shown: string;
  /** How many are shown at most. */
  limit: number;
}

/** AND evaluates both its sides for all rows, CASE does not. */
const ofLiving = (step: ProgramStep, flag: string): string =>
  `CASE WHEN ${step.aliveBefore} = 0 THEN ${flag} ELSE false END`;

/** For one watched column of a step: changed cells and lost ones. With `isShown` the first of both are shown. */
export function watchedRows(step: ProgramStep, watched: WatchedColumn, isShown: boolean): CountedRows[] {
  const shown = `{'row': r, 'before': ${cut(textOf(watched.before))}, 'after': ${cut(textOf(watched.after))}}`;
  return [
    { flag: ofLiving(step, changedSql(watched)), shown, limit: isShown ? examples : 0 },
    { flag: ofLiving(step, lostSql(watched)), shown, limit: isShown ? lostExamples : 0 },
  ];
}

const SHOWN_CELLS = 12;

/** For a step that drops rows: the rows, shown with some cells. */
export function removedRows(step: ProgramStep): CountedRows {
  const cells = step.columns.slice(0, SHOWN_CELLS).map((column) => cut(asText(column)));
  return {
    flag: `${step.aliveAfter} = ${step.number}`,
    shown: `{'row': r, 'cells': [${cells.join(', ')}]}`,
    limit: examples,
  };
}

const flagged = (counted: readonly CountedRows[], relation: string): string =>
  `(SELECT r, ${counted.map(({ flag }, index) => `${flag} AS w${index}`).join(', ')} FROM ${relation})`;

const firstRows = ({ limit }: CountedRows, index: number): string =>
  limit > 0 ? `min(r, ${limit}) FILTER (w${index})` : 'NULL';

/** For each of `counted` the numbers of the first rows as a list. */
export const firstRowsSql = (counted: readonly CountedRows[], relation: string): string =>
  `SELECT ${counted.map(firstRows).join(', ')} FROM ${flagged(counted, relation)}`;

/** For each of `counted` how many rows, and the numbers of the first ones as a list where they are `wanted`. */
export function countedSql(
  counted: readonly CountedRows[],
  wanted: readonly boolean[],
  relation: string,
): string {
  const figures = counted.flatMap((each, index) => [
    `count_if(w${index})`,
    wanted[index] ? firstRows(each, index) : 'NULL',
  ]);
  return `SELECT ${figures.join(', ')} FROM ${flagged(counted, relation)}`;
}

/** For each of `counted` the first rows as a list of `shown`, for a relation of few rows. */
export const shownSql = (counted: readonly CountedRows[], relation: string): string =>
  `SELECT ${counted.map(({ flag, shown, limit }) => `arg_min(${shown}, r, ${limit}) FILTER (${flag})`).join(', ')} FROM ${relation}`;

/** The names that belong to the cells of `removedSql`. */
export const shownNames = (step: ProgramStep): string[] =>
  step.columns.slice(0, SHOWN_CELLS).map(({ name }) => name);

/** Every cell that lost its value, as a row of the list of cells that the version does not give back. */
export function lostCellsSql(
  relation: string,
  lost: readonly { step: ProgramStep; watched: WatchedColumn }[],
): string {
  const flags = lost.map(({ step, watched }) => ofLiving(step, lostSql(watched)));
  const found = lost.map(({ step, watched }, index) => {
    const reason = quoteLiteral(`step_${step.number}_${watched.reason}`);
    return `CASE WHEN ${flags[index]} THEN {'c': ${quoteLiteral(watched.name)}, 't': ${textOf(watched.before)}, 'w': ${reason}} END`;
  });
  return `SELECT r, found.c, found.t, found.w FROM (SELECT r, unnest([${found.join(', ')}]) AS found FROM ${relation} WHERE ${flags.join(' OR ')}) WHERE found IS NOT NULL`;
}
