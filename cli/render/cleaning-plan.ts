import type { CleaningPlan, CleaningStep, PlannedStep } from '../../contracts/cleaning.js';
import type { CommandContext } from '../command-context.js';
import { cutToWidth, plural, printable } from './text.js';

const EXAMPLES = 3;
const CELL_WIDTH = 40;
const STEP_WIDTH = 160;

/** A plan as a list: each step, what it would do, and some cells before and after. */
export function printCleaningPlan(context: CommandContext, plan: CleaningPlan): void {
  const { print, colors } = context;
  if (plan.steps.length === 0) print('No step is proposed.');
  for (const [index, planned] of plan.steps.entries()) {
    const mark = {
      accepted: colors.green('✔'),
      rejected: colors.red('✘'),
      proposed: planned.recommended ? '•' : '?',
    };
    print(
      `${mark[planned.status]} ${index + 1}. ${colors.bold(planned.step.kind)} ${describe(planned.step)}`,
    );
    print(
      `     ${colors.dim(printable(planned.reason))}${planned.origin === 'rule' ? '' : colors.dim(` (${planned.origin})`)}`,
    );
    for (const line of effectLines(planned)) print(`     ${line}`);
  }
  if (plan.model?.error) print(`The model was not heard: ${printable(plan.model.error.message)}`);
  if (plan.model && plan.model.refused.length > 0) {
    print(
      `${plural(plan.model.refused.length, 'proposal')} of the model did not fit and ${plan.model.refused.length === 1 ? 'was' : 'were'} left out.`,
    );
  }
  if (plan.unhandled.length > 0) {
    print(colors.bold('No step mends:'));
    for (const { message } of plan.unhandled) print(`  - ${printable(message)}`);
  }
  print(colors.dim('• recommended  ? a choice of yours  ✔ accepted  ✘ rejected'));
}

/** The parameters, as they stand in the recipe. */
function describe({ kind: _kind, ...parameters }: CleaningStep): string {
  return cutToWidth(printable(JSON.stringify(parameters)), STEP_WIDTH);
}

function effectLines({ effect, problem, status }: PlannedStep): string[] {
  if (problem) return [`does not fit: ${printable(problem.message)}`];
  if (!effect || status === 'rejected') return [];
  const { rowsRemoved, cellsChanged, cellsLost } = effect;
  const totals = [
    rowsRemoved > 0 ? `removes ${plural(rowsRemoved, 'row')}` : '',
    cellsChanged > 0 ? `changes ${plural(cellsChanged, 'cell')}` : '',
    cellsLost > 0 ? `${plural(cellsLost, 'cell')} would hold nothing` : '',
    ...effect.facts.map(({ column, what, value }) => `${what} of ${column}: ${value ?? 'none'}`),
  ].filter(Boolean);
  const shown = (text: string | null): string =>
    text === null ? '∅' : `"${cutToWidth(printable(text), CELL_WIDTH)}"`;
  const cells = effect.columns.flatMap(({ column, examples, lostExamples }) =>
    [...lostExamples, ...examples]
      .filter(({ row }, index, all) => all.findIndex((each) => each.row === row) === index)
      .slice(0, EXAMPLES)
      .map(({ row, before, after }) => `row ${row} ${printable(column)}: ${shown(before)} → ${shown(after)}`),
  );
  const rows = effect.removedRows
    .slice(0, EXAMPLES)
    .map(({ row, cells: of }) => `row ${row} goes: ${of.map(({ text }) => shown(text)).join(' ')}`);
  return [totals.join(', ') || 'nothing to do', ...rows, ...cells.slice(0, 2 * EXAMPLES)];
}
