import type { CleaningStep, StepProblem } from '../../contracts/cleaning.js';
import { createProgram } from './cleaning-program.js';
import { StepError } from './compiled-step.js';

export interface CheckedRecipe {
  /** Empty for a recipe that fits. */
  problems: StepProblem[];
  /** The columns after it; steps with problems left out. */
  columns: { name: string; type: string }[];
}

/** Does a recipe fit these columns? Every problem is told, as far as it can be without the steps that have one. */
export function checkRecipe(
  steps: readonly CleaningStep[],
  columns: readonly { name: string; type: string }[],
): CheckedRecipe {
  const program = createProgram({ from: () => '', columns });
  const problems: StepProblem[] = [];
  for (const [step, each] of steps.entries()) {
    const missing = namedColumns(each).filter(
      (name) => !program.columns.some((column) => column.name === name),
    );
    if (missing.length > 0) {
      for (const column of missing) {
        problems.push({ step, column, reason: 'missing-column', message: `There is no column "${column}".` });
      }
      continue;
    }
    try {
      const { tables } = program.requests(each);
      program.add(
        each,
        [],
        tables.map((_, index) => `t${index}`),
      );
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      const { reason, message, column } = error;
      problems.push({ step, reason, message, ...(column === undefined ? {} : { column }) });
    }
  }
  return { problems, columns: program.columns.map(({ name, type }) => ({ name, type })) };
}

/** The columns that a step reads. */
function namedColumns(step: CleaningStep): string[] {
  const order =
    step.kind === 'fill-missing' && 'forward' in step.with ? [step.with.forward.orderBy ?? []].flat() : [];
  if (step.kind === 'rename-columns') return step.names.map(({ from }) => from);
  if ('column' in step) return [step.column];
  if ('columns' in step) return [...(step.columns ?? []), ...order];
  return [];
}
