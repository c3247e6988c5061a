import { join } from 'node:path';
import type { CleaningStep, StepEffect, StepProblem } from '../../../contracts/cleaning.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { ProgramSource } from '../../../domain/cleaning/cleaning-program.js';
import { recipeDoesNotFit } from '../../../domain/cleaning/recipe-does-not-fit.js';
import { sayCount } from '../../../domain/say-count.js';
import { countEmptyCells } from '../duckdb/count-empty-cells.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import { columnsOfFile, someVersionRows, versionRows } from '../duckdb/version-rows.js';
import { type BuiltProgram, buildProgram } from './build-program.js';
import { measureEffects } from './measure-effects.js';
import { type CleanedFiles, writeCleanedVersion } from './write-cleaned-version.js';

export type CleaningPhase = 'preparing' | 'counting' | 'writing';

export interface CleanParquetInput {
  /** `data.parquet` of the version. */
  path: string;
  columns: readonly { name: string; type: string }[];
  steps: readonly CleaningStep[];
  onPhase?: (phase: CleaningPhase) => void;
}

export interface PreviewedSteps {
  /** By the place of the step; undefined for one with a problem. */
  effects: (StepEffect | undefined)[];
  problems: StepProblem[];
}

async function sourceOf(
  session: DuckDbSession,
  { path, columns }: CleanParquetInput,
): Promise<ProgramSource> {
  const names = await columnsOfFile(path, async (sql) =>
    (await session.all(sql)).rows.map(([name]) => String(name)),
  );
  const from = (table?: string): string =>
    table === undefined ? versionRows(path, names) : someVersionRows(path, names, table);
  return { from, columns };
}

/** What the steps would do, without writing anything. A step that does not fit has a problem, and the others go on without it. */
export async function previewSteps(
  session: DuckDbSession,
  input: CleanParquetInput,
): Promise<PreviewedSteps> {
  input.onPhase?.('preparing');
  const built = await buildProgram(session, await sourceOf(session, input), input.steps);
  input.onPhase?.('counting');
  const measured = await measureEffects(session, built);
  const effects: PreviewedSteps['effects'] = input.steps.map(() => undefined);
  for (const [index, place] of built.places.entries()) effects[place] = measured[index];
  return { effects, problems: [...built.problems, ...refusals(built, measured)] };
}

export interface CleanedVersion extends CleanedFiles {
  effects: StepEffect[];
  /** `untouched`: the name in the source of a column whose cells no step changed. */
  columns: { name: string; type: string; untouched: string | null; empty: number | undefined }[];
}

/**
 * Carries out a recipe into the folder of a new version.
 * @throws QuaestorError `recipe_does_not_fit` with the problems, `cells_do_not_fit` where a step refuses cells that have no value in its type
 */
export async function cleanParquet(
  session: DuckDbSession,
  input: CleanParquetInput & { folder: string; sourceRejects: string },
): Promise<CleanedVersion> {
  input.onPhase?.('preparing');
  const built = await buildProgram(session, await sourceOf(session, input), input.steps);
  if (built.problems.length > 0) throw recipeDoesNotFit(built.problems);
  input.onPhase?.('counting');
  const effects = await measureEffects(session, built);
  const [refusal] = refusals(built, effects);
  if (refusal) {
    const examples = effects[refusal.step]?.columns.find(
      ({ column }) => column === refusal.column,
    )?.lostExamples;
    throw new QuaestorError('cells_do_not_fit', `Step ${refusal.step + 1}: ${refusal.message}`, {
      details: { step: refusal.step, column: refusal.column, examples: (examples ?? []).slice(0, 5) },
    });
  }
  input.onPhase?.('writing');
  const files = await writeCleanedVersion(session, built, effects, input);
  const empty = await countEmptyCells(session, join(input.folder, 'data.parquet'));
  const sources = new Map(built.program.sourceColumns.map(({ id, name }) => [id, name]));
  const columns = built.program.columns.map(({ id, name, type }) => ({
    name,
    type,
    untouched: sources.get(id) ?? null,
    empty: empty.get(name),
  }));
  return { ...files, effects, columns };
}

/** Steps that refuse cells, and what they refuse. */
function refusals({ program, places }: BuiltProgram, effects: readonly StepEffect[]): StepProblem[] {
  return program.steps.flatMap((step, index) =>
    step.watched
      .filter(({ refuses }) => refuses)
      .flatMap(({ name }) => {
        const lost = effects[index]?.columns.find(({ column }) => column === name)?.lost ?? 0;
        if (lost === 0) return [];
        const message = `${sayCount(lost, `cell of "${name}" has`, `cells of "${name}" have`)} no value in the new type.`;
        return [{ step: places[index] ?? index, column: name, reason: 'misfits' as const, message }];
      }),
  );
}
