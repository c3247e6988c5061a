import { CLEANING_LIMITS } from '../../contracts/cleaning.js';
import { quoteLiteral } from '../datasets/sql-text.js';
import type { ProgramStep } from './cleaning-program.js';
import type { WatchedColumn } from './compiled-step.js';
import { asText, isText } from './working-column.js';

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
  const held = isText(before.type) ? `trim(${before.id}) <> ''` : `${before.id} IS NOT NULL`;
  return after ? `(${held} AND ${after.id} IS NULL)` : `(${held})`;
}

/** For one watched column of a step: changed, lost, and with `isShown` the first examples of both; else empty lists. */
export function watchedSql(step: ProgramStep, watched: WatchedColumn, isShown: boolean): string[] {
  const isAlive = `${step.aliveBefore} = 0`;
  const changed = `${isAlive} AND ${changedSql(watched)}`;
  const lost = `${isAlive} AND ${lostSql(watched)}`;
  const counts = [`count(*) FILTER (${changed})`, `count(*) FILTER (${lost})`];
  if (!isShown) return [...counts, 'NULL', 'NULL'];
  const cell = `{'row': r, 'before': ${cut(textOf(watched.before))}, 'after': ${cut(textOf(watched.after))}}`;
  return [
    ...counts,
    `arg_min(${cell}, r, ${examples}) FILTER (${changed})`,
    `arg_min(${cell}, r, ${lostExamples}) FILTER (${lost})`,
  ];
}

const SHOWN_CELLS = 12;

/** For a step that drops rows: their count, and the first of them with some cells. */
export function removedSql(step: ProgramStep): string[] {
  const isRemoved = `${step.aliveAfter} = ${step.number}`;
  const cells = step.columns.slice(0, SHOWN_CELLS).map((column) => cut(asText(column)));
  return [
    `count(*) FILTER (${isRemoved})`,
    `arg_min({'row': r, 'cells': [${cells.join(', ')}]}, r, ${examples}) FILTER (${isRemoved})`,
  ];
}

/** The names that belong to the cells of `removedSql`. */
export const shownNames = (step: ProgramStep): string[] =>
  step.columns.slice(0, SHOWN_CELLS).map(({ name }) => name);

/** Every cell that lost its value, as a row of the list of cells that the version does not give back. */
export function lostCellsSql(
  relation: string,
  lost: readonly { step: ProgramStep; watched: WatchedColumn }[],
): string {
  const found = lost.map(({ step, watched }) => {
    const reason = quoteLiteral(`step_${step.number}_${watched.reason}`);
    return `CASE WHEN ${step.aliveBefore} = 0 AND ${lostSql(watched)} THEN {'c': ${quoteLiteral(watched.name)}, 't': ${textOf(watched.before)}, 'w': ${reason}} END`;
  });
  return `SELECT r, found.c, found.t, found.w FROM (SELECT r, unnest([${found.join(', ')}]) AS found FROM ${relation}) WHERE found IS NOT NULL`;
}
