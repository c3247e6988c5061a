import {
  type ChangedCell,
  CLEANING_LIMITS,
  type ColumnEffect,
  type StepEffect,
} from '../../../contracts/cleaning.js';
import type { ProgramStep } from '../../../domain/cleaning/cleaning-program.js';
import type { WatchedColumn } from '../../../domain/cleaning/compiled-step.js';
import { removedSql, shownNames, watchedSql } from '../../../domain/cleaning/effect-sql.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import type { DuckDbCell } from '../duckdb/protocol.js';
import type { BuiltProgram } from './build-program.js';

/** Figures in one scan: more of them make DuckDB slow. */
const FIGURES_PER_SCAN = 400;

interface Measured {
  expressions: string[];
  take(cells: readonly (DuckDbCell | undefined)[]): void;
}

/** What each step of the program does, counted over all rows, in one scan for each few hundred figures. */
export async function measureEffects(session: DuckDbSession, built: BuiltProgram): Promise<StepEffect[]> {
  const { program, facts } = built;
  const effects = program.steps.map((step, index): StepEffect => {
    const before = new Set(
      (program.steps[index - 1]?.columns ?? program.sourceColumns).map(({ name }) => name),
    );
    const after = new Set(step.columns.map(({ name }) => name));
    return {
      rowsRemoved: 0,
      removedRows: [],
      cellsChanged: 0,
      cellsLost: 0,
      columns: [],
      columnsAdded: [...after].filter((name) => !before.has(name)),
      columnsRemoved: [...before].filter((name) => !after.has(name)),
      facts: facts[index] ?? [],
    };
  });
  const measured = program.steps.flatMap((step, index) => measuredOf(step, effects[index]!));
  for (let at = 0; at < measured.length; ) {
    const expressions: string[] = [];
    const part: Measured[] = [];
    while (at < measured.length && (part.length === 0 || expressions.length < FIGURES_PER_SCAN)) {
      const next = measured[at++]!;
      part.push(next);
      expressions.push(...next.expressions);
    }
    const { rows } = await session.all(`SELECT ${expressions.join(', ')} FROM ${program.relation()}`);
    let cell = 0;
    for (const each of part) {
      each.take((rows[0] ?? []).slice(cell, cell + each.expressions.length));
      cell += each.expressions.length;
    }
  }
  return effects;
}

function measuredOf(step: ProgramStep, effect: StepEffect): Measured[] {
  const measured = step.watched.map((watched, index) => measuredCells(step, watched, effect, index));
  if (step.drop === undefined) return measured;
  return [
    ...measured,
    {
      expressions: removedSql(step),
      take: ([count, rows]) => {
        effect.rowsRemoved = Number(count);
        const columns = shownNames(step);
        effect.removedRows = objects(rows).map(({ row, cells }) => ({
          row: Number(row),
          cells: (cells as DuckDbCell[]).map((cell, index) => ({
            column: columns[index] ?? '',
            text: textOf(cell),
          })),
        }));
      },
    },
  ];
}

function measuredCells(
  step: ProgramStep,
  watched: WatchedColumn,
  effect: StepEffect,
  index: number,
): Measured {
  return {
    expressions: watchedSql(step, watched, index < CLEANING_LIMITS.exampleColumns),
    take: ([changed, lost, examples, lostExamples]) => {
      const column: ColumnEffect = {
        column: watched.name,
        changed: Number(changed),
        lost: Number(lost),
        examples: objects(examples).map(toChangedCell),
        lostExamples: objects(lostExamples).map(toChangedCell),
      };
      effect.cellsChanged += column.changed;
      effect.cellsLost += column.lost;
      if (column.changed > 0 || column.lost > 0) effect.columns.push(column);
    },
  };
}

type Fields = { [field: string]: DuckDbCell };

const objects = (cell: DuckDbCell | undefined): Fields[] => (Array.isArray(cell) ? (cell as Fields[]) : []);
/** jsonb takes no zero character. */
const textOf = (cell: DuckDbCell | undefined): string | null =>
  cell === null || cell === undefined ? null : String(cell).replaceAll('\0', '\ufffd');
const toChangedCell = ({ row, before, after }: Fields): ChangedCell => ({
  row: Number(row),
  before: textOf(before),
  after: textOf(after),
});
