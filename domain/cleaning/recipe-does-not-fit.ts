import type { StepProblem } from '../../contracts/cleaning.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';

/** The first problems are in the message, all of them in the details. */
export function recipeDoesNotFit(problems: readonly StepProblem[]): QuaestorError {
  const told = problems.slice(0, 5).map(({ step, message }) => `step ${step + 1}: ${message}`);
  const more = problems.length > told.length ? ` And ${problems.length - told.length} more.` : '';
  return new QuaestorError('recipe_does_not_fit', `The recipe does not fit: ${told.join(' ')}${more}`, {
    details: { problems: problems.slice(0, 50) },
  });
}
