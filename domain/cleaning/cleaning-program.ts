import type { CleaningStep } from '../../contracts/cleaning.js';
import { quoteName } from '../datasets/sql-text.js';
import type { CompiledStep, Fact, FactRequest, TableRequest } from './compiled-step.js';
import { definitionOf } from './steps/step-definitions.js';
import type { WorkingColumn } from './working-column.js';

/** A step that is part of the program. */
export interface ProgramStep extends CompiledStep {
  /** Of rows that are there before the step this is 0. */
  aliveBefore: string;
  /** The step's number from 1, which `aliveAfter` is for the rows that it drops. */
  number: number;
  aliveAfter: string;
}

/**
 * A recipe as one relation in which no column is ever written over: `r` is the row's number, a changed column has a new id, and a row that
 * is dropped only says by which step (`d0`, `d1`, …; 0 while it is there). So what each step did can be counted at the end, in one scan,
 * and DuckDB leaves out what a statement does not ask for.
 */
export interface CleaningProgram {
  /** Columns after the steps so far. */
  readonly columns: readonly WorkingColumn[];
  /** Before the first step. */
  readonly sourceColumns: readonly WorkingColumn[];
  readonly steps: readonly ProgramStep[];
  /** The relation as SQL; with a table, only the rows whose numbers it has in its column `r`. */
  relation(table?: string): string;
  /** 0 for rows that are there after the steps so far. */
  alive(): string;
  /** Whether the relation has the rows in the order of the source. */
  isInOrder(): boolean;
  requests(step: CleaningStep): { facts: FactRequest[]; tables: TableRequest[] };
  /** Adds a step. `tables` are the names of the sets and tables that it asked for. @throws StepError, and the program is as before */
  add(step: CleaningStep, facts?: readonly Fact[], tables?: readonly string[]): ProgramStep;
}

export interface ProgramSource {
  /** Relation with the columns by name and `__row`; with a table, only the rows whose numbers it has in its column `r`. */
  from(table?: string): string;
  columns: readonly { name: string; type: string }[];
}

export function createProgram(source: ProgramSource): CleaningProgram {
  let ids = 0;
  const nextId = (): string => `c${ids++}`;
  const sourceColumns: readonly WorkingColumn[] = source.columns.map(({ name, type }) => ({
    id: nextId(),
    name,
    type,
  }));
  let columns = sourceColumns;
  let alive = 'd0';
  const cells = columns.map(({ id, name }) => `${quoteName(name)} AS ${id}`).join(', ');
  /** The levels of steps over the source, from the innermost: what stands before its relation and behind. */
  const levels: { before: string; behind: string }[] = [];
  const steps: ProgramStep[] = [];

  return {
    get columns() {
      return columns;
    },
    sourceColumns,
    steps,
    relation: (table) =>
      levels.reduce(
        (inner, { before, behind }) => `(${before}${inner}${behind})`,
        `(SELECT __row AS r, 0 AS d0, ${cells} FROM ${source.from(table)})`,
      ),
    alive: () => alive,
    isInOrder: () => steps.every(({ joins = [] }) => joins.length === 0),
    requests: (step) => {
      const definition = definitionOf(step);
      return {
        facts: definition.facts?.(step, columns) ?? [],
        tables: definition.tables?.(step, columns) ?? [],
      };
    },
    add: (step, facts = [], tables = []) => {
      const compiled = definitionOf(step).compile(step, { columns, nextId, facts, tables });
      const number = steps.length + 1;
      const aliveBefore = alive;
      const assigns = compiled.assigns.map(({ id, sql }) => `${sql} AS ${id}`);
      if (compiled.drop !== undefined) {
        alive = `d${number}`;
        assigns.push(
          `CASE WHEN ${aliveBefore} = 0 AND (${compiled.drop}) THEN ${number} ELSE ${aliveBefore} END AS ${alive}`,
        );
      }
      const joins = (compiled.joins ?? []).map(
        (table, index) => ` LEFT JOIN ${table} t${index} ON t${index}.r = s.r`,
      );
      if (assigns.length > 0) {
        levels.push({
          before: `SELECT ${['s.*', ...assigns].join(', ')} FROM `,
          behind: ` s${joins.join('')}`,
        });
      }
      columns = compiled.columns;
      const added = { ...compiled, number, aliveBefore, aliveAfter: alive };
      steps.push(added);
      return added;
    },
  };
}
