import type { CleaningStep, StepProblem } from '../../../contracts/cleaning.js';
import {
  type CleaningProgram,
  createProgram,
  type ProgramSource,
} from '../../../domain/cleaning/cleaning-program.js';
import {
  type Fact,
  type FactRequest,
  type RowsRequest,
  StepError,
  type TableRequest,
} from '../../../domain/cleaning/compiled-step.js';
import {
  cellsSql,
  countTotalWordsSql,
  duplicatesSql,
  edgesSql,
  factSql,
  forwardSql,
  highestRowSql,
  type LiveRows,
  rowSetSql,
  totalRowsSql,
  usualCellsSql,
} from '../../../domain/cleaning/fact-sql.js';
import type { WorkingColumn } from '../../../domain/cleaning/working-column.js';
import { findProseRows, findTotalRows } from '../../../domain/profile/foreign-rows.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import type { DuckDbCell } from '../duckdb/protocol.js';

export interface StepFact {
  column: string;
  what: string;
  value: string | null;
}

export interface BuiltProgram {
  program: CleaningProgram;
  /** By the step's place in the recipe; a step with a problem is no part of the program. */
  problems: StepProblem[];
  /** The place in the recipe of each step of the program. */
  places: number[];
  /** Of each step of the program. */
  facts: StepFact[][];
}

/** Rows with a word for "total" are looked at one by one up to this many; more of them are no totals. */
const MOST_TOTALS = 2_000;
const FEWEST_ROWS_WITH_EDGES = 12;
/**
 * A condition that is pushed below a step takes the step's expression along, once for each time that it names the column, and so on
 * through all steps: 2 figures of 100 MB took 10 s instead of 1. And a join that is built from the rows instead of from the step's table
 * holds them all in memory and loses their order.
 */
const KEEP_LEVELS = "SET disabled_optimizers = 'filter_pushdown,build_side_probe_side'";

/**
 * Makes the program of a recipe. What a step must know of the data (medians, rows that repeat others) is found out over the steps before
 * it, a scan for each; the tables stay in the session.
 */
export async function buildProgram(
  session: DuckDbSession,
  source: ProgramSource,
  steps: readonly CleaningStep[],
): Promise<BuiltProgram> {
  await session.run(KEEP_LEVELS);
  const program = createProgram(source);
  const built: BuiltProgram = { program, problems: [], places: [], facts: [] };
  let tables = 0;
  for (const [place, step] of steps.entries()) {
    try {
      const requests = program.requests(step);
      const rows: LiveRows = { relation: program.relation, alive: program.alive() };
      const facts: Fact[] = [];
      for (const request of requests.facts) facts.push(await findFact(session, request, rows));
      const names: string[] = [];
      for (const request of requests.tables) {
        const name = `cleaning_${tables++}`;
        await makeTable(session, name, request, program, rows);
        names.push(name);
      }
      program.add(step, facts, names);
      built.places.push(place);
      built.facts.push(requests.facts.map((request, index) => told(request, facts[index] ?? [])));
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      const { reason, message, column } = error;
      built.problems.push({ step: place, reason, message, ...(column === undefined ? {} : { column }) });
    }
  }
  return built;
}

const told = ({ column, what }: FactRequest, fact: Fact): StepFact => ({
  column: column.name,
  what,
  value: fact.every((part) => part === null) ? null : fact.join(' and '),
});

async function findFact(session: DuckDbSession, request: FactRequest, rows: LiveRows): Promise<Fact> {
  const { rows: found } = await session.all(factSql(request, rows));
  return (found[0] ?? [null]).map((cell) => (cell === null ? null : String(cell)));
}

async function makeTable(
  session: DuckDbSession,
  name: string,
  request: TableRequest,
  { columns }: CleaningProgram,
  rows: LiveRows,
): Promise<void> {
  if (request.what === 'forward') {
    await session.run(`CREATE TEMP TABLE ${name} AS ${forwardSql(request, rows)}`);
    return;
  }
  const found = await findRows(session, request, columns, rows);
  const highest = Number((await session.all(highestRowSql(rows))).rows[0]?.[0] ?? 0);
  await session.run(`SET VARIABLE ${name} = (${rowSetSql(found.select, highest)})`);
  for (const table of found.tables) await session.run(`DROP TABLE ${table}`);
}

/** A SELECT of the rows, and the tables that it reads, which can go afterwards. */
async function findRows(
  session: DuckDbSession,
  request: RowsRequest,
  columns: readonly WorkingColumn[],
  rows: LiveRows,
): Promise<{ select: string; tables: string[] }> {
  switch (request.what) {
    case 'duplicates': {
      const { before, select } = duplicatesSql(request, rows);
      for (const { name, select } of before) await session.run(`CREATE TEMP TABLE ${name} AS ${select}`);
      return { select, tables: before.map(({ name }) => name) };
    }
    case 'totals':
      return { select: rowsSql(await findTotals(session, columns, rows)), tables: [] };
    case 'edges':
      return { select: rowsSql(await findEdges(session, columns, rows)), tables: [] };
  }
}

const rowsSql = (rows: readonly number[]): string => `SELECT unnest([${rows.join(', ')}]::BIGINT[]) AS r`;

async function usualCells(session: DuckDbSession, ...of: Parameters<typeof usualCellsSql>): Promise<number> {
  return Number((await session.all(usualCellsSql(...of))).rows[0]?.[0] ?? 0);
}

async function findTotals(session: DuckDbSession, ...of: Parameters<typeof totalRowsSql>): Promise<number[]> {
  const counting = countTotalWordsSql(...of);
  if (counting === null) return [];
  const words = Number((await session.all(counting)).rows[0]?.[0] ?? 0);
  if (words === 0 || words > MOST_TOTALS) return [];
  const candidates = (await session.all(totalRowsSql(...of))).rows.map(
    ([row, cells, rowsAbove, values, sums]) => ({
      row: Number(row),
      cells: texts(cells),
      rowsAbove: Number(rowsAbove),
      sums: numbers(values).map((value, index) => ({ column: '', value, above: numbers(sums)[index] ?? 0 })),
    }),
  );
  return findTotalRows(candidates, await usualCells(session, ...of));
}

async function findEdges(
  session: DuckDbSession,
  columns: readonly WorkingColumn[],
  rows: LiveRows,
): Promise<number[]> {
  const [ends = []] = (await session.all(edgesSql(rows))).rows;
  const [firstRows = [], lastRows = []] = ends.map((end) => items(end).map(Number));
  // In so short a table the two ends are the same rows.
  if (firstRows.length < FEWEST_ROWS_WITH_EDGES || firstRows[0] === Math.min(...lastRows)) return [];
  await session.run(`CREATE TEMP TABLE edge_rows AS ${rowsSql([...new Set([...firstRows, ...lastRows])])}`);
  const cells = (await session.all(cellsSql(columns, rows, 'edge_rows'))).rows.map(([row, of]) => ({
    row: Number(row),
    cells: texts(of),
  }));
  await session.run('DROP TABLE edge_rows');
  const first = cells.filter(({ row }) => firstRows.includes(row));
  const last = cells.filter(({ row }) => lastRows.includes(row));
  const usual = await usualCells(session, columns, rows);
  const prose = [first, last.reverse()].flatMap((rowsOfEnd) =>
    findProseRows(rowsOfEnd, usual, columns.length),
  );
  return [...new Set(prose)];
}

const items = (cell: DuckDbCell | undefined): DuckDbCell[] => (Array.isArray(cell) ? cell : []);
const texts = (cell: DuckDbCell | undefined): (string | null)[] =>
  items(cell).map((item) => (item === null ? null : String(item)));
const numbers = (cell: DuckDbCell | undefined): (number | null)[] =>
  items(cell).map((item) => (item === null ? null : Number(item)));
