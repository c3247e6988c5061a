import {
  type ChangedCell,
  CLEANING_LIMITS,
  type ColumnEffect,
  type StepEffect,
} from '../../../contracts/cleaning.js';
import type { ProgramStep } from '../../../domain/cleaning/cleaning-program.js';
import type { WatchedColumn } from '../../../domain/cleaning/compiled-step.js';
import {
  type CountedRows,
  countedSql,
  firstRowsSql,
  removedRows,
  shownNames,
  shownSql,
  watchedRows,
} from '../../../domain/cleaning/effect-sql.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import type { DuckDbCell } from '../duckdb/protocol.js';
import type { BuiltProgram } from './build-program.js';

/** Figures in one scan: more of them make DuckDB slow. */
const FIGURES_PER_SCAN = 400;
/** Rows in which the first ones are looked for before; what is frequent is found there, and for each row of the whole it costs a list. */
const EARLY_ROWS = 20_000;

interface Measured {
  counted: CountedRows[];
  /** `shown`: the first of the rows, as the SQL of `counted` shows them. */
  take(counts: readonly number[], shown: readonly Fields[][]): void;
}

/**
 * What each step of the program does, counted over all rows, in one scan for each few hundred figures. The scans only find the numbers of
 * the rows that are shown: making their cells ready for all rows costs more than counting.
 */
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
  await session.run(
    `CREATE OR REPLACE TEMP TABLE early_rows AS SELECT range AS r FROM range(1, ${EARLY_ROWS + 1})`,
  );
  const measured = program.steps.flatMap((step, index) => measuredOf(step, effects[index]!));
  for (let at = 0; at < measured.length; ) {
    const part: Measured[] = [];
    let figures = 0;
    while (at < measured.length && (part.length === 0 || figures < FIGURES_PER_SCAN)) {
      const next = measured[at++]!;
      part.push(next);
      figures += 2 * next.counted.length;
    }
    await measurePart(session, built, part);
  }
  return effects;
}

async function measurePart(
  session: DuckDbSession,
  { program }: BuiltProgram,
  part: readonly Measured[],
): Promise<void> {
  const counted = part.flatMap((measured) => measured.counted);
  const [early = []] = (await session.all(firstRowsSql(counted, program.relation('early_rows')))).rows;
  const wanted = counted.map(({ limit }, index) => items(early[index]).length < limit);
  const [figures = []] = (await session.all(countedSql(counted, wanted, program.relation()))).rows;
  const counts = counted.map((_, index) => Number(figures[2 * index]));
  const rows = counted.flatMap((_, index) => items(wanted[index] ? figures[2 * index + 1] : early[index]));
  const places = counted.flatMap(({ limit }, index) => (limit > 0 && counts[index]! > 0 ? [index] : []));
  const shown: Fields[][] = counted.map(() => []);
  if (places.length > 0) {
    await session.run(
      `CREATE OR REPLACE TEMP TABLE shown_rows AS SELECT DISTINCT unnest([${rows.join(', ')}]::BIGINT[]) AS r`,
    );
    const ofFew = shownSql(
      places.map((place) => counted[place]!),
      program.relation('shown_rows'),
    );
    const [found = []] = (await session.all(ofFew)).rows;
    for (const [index, place] of places.entries()) shown[place] = items(found[index]) as Fields[];
  }
  let at = 0;
  for (const each of part) {
    const end = at + each.counted.length;
    each.take(counts.slice(at, end), shown.slice(at, end));
    at = end;
  }
}

function measuredOf(step: ProgramStep, effect: StepEffect): Measured[] {
  const measured = step.watched.map((watched, index) => measuredCells(step, watched, effect, index));
  if (step.drop === undefined) return measured;
  return [
    ...measured,
    {
      counted: [removedRows(step)],
      take: ([count = 0], [rows = []]) => {
        effect.rowsRemoved = count;
        const columns = shownNames(step);
        effect.removedRows = rows.map(({ row, cells }) => ({
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
    counted: watchedRows(step, watched, index < CLEANING_LIMITS.exampleColumns),
    take: ([changed = 0, lost = 0], [examples = [], lostExamples = []]) => {
      const column: ColumnEffect = {
        column: watched.name,
        changed,
        lost,
        examples: examples.map(toChangedCell),
        lostExamples: lostExamples.map(toChangedCell),
      };
      effect.cellsChanged += column.changed;
      effect.cellsLost += column.lost;
      if (column.changed > 0 || column.lost > 0) effect.columns.push(column);
    },
  };
}

type Fields = { [field: string]: DuckDbCell };

const items = (cell: DuckDbCell | undefined): DuckDbCell[] => (Array.isArray(cell) ? cell : []);
/** jsonb takes no zero character. */
const textOf = (cell: DuckDbCell | undefined): string | null =>
  cell === null || cell === undefined ? null : String(cell).replaceAll('\0', '\ufffd');
const toChangedCell = ({ row, before, after }: Fields): ChangedCell => ({
  row: Number(row),
  before: textOf(before),
  after: textOf(after),
});
