import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from './command-context.js';
import {
  applyCleaning,
  decidePlan,
  exportRecipe,
  listVersions,
  planCleaning,
  showPlan,
  switchVersion,
  undoCleaning,
} from './commands/clean-dataset.js';
import type { ExitCode } from './exit-codes.js';

type Action = (run: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

const numbers = (text: string): number[] => text.split(',').map(number);

function number(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a number from 1.');
  return value;
}

/** `datasets clean …` */
export function addCleanCommands(datasets: Command, action: Action): void {
  const clean = datasets.command('clean').description('clean a dataset: propose, decide, carry out, undo');
  const command = (name: string, description: string): Command =>
    clean.command(name).description(description).argument('<dataset>', 'name or id');

  command('plan', 'propose steps and show what each would do')
    .option('-r, --recipe <file>', 'show what the steps of this recipe would do instead')
    .option('--no-model', 'ask no language model')
    .action((dataset: string, flags: { recipe?: string; model: boolean }) =>
      action((context) => planCleaning(context, { dataset, ...flags })),
    );
  command('show', 'show the newest plan').action((dataset: string) =>
    action((context) => showPlan(context, dataset)),
  );
  command('decide', 'accept, reject, edit, add and reorder steps of the newest plan, and preview it')
    .option('--accept <numbers>', 'steps, as 1,2,5', numbers)
    .option('--reject <numbers>', 'steps', numbers)
    .option('--order <numbers>', 'steps that come first, in this order', numbers)
    .option('--add <file>', 'JSON of a step, or of a list of steps')
    .option('--edit <number=file>', 'JSON of the step that takes the place of this one')
    .action(
      (
        dataset: string,
        {
          edit,
          ...flags
        }: { accept?: number[]; reject?: number[]; order?: number[]; add?: string; edit?: string },
      ) =>
        action((context) => {
          const at = edit?.indexOf('=') ?? -1;
          const edited =
            edit === undefined
              ? {}
              : { edit: [number(edit.slice(0, at)), edit.slice(at + 1)] as [number, string] };
          return decidePlan(context, { dataset, ...flags, ...edited });
        }),
    );
  command('apply', 'make a new version by the accepted steps of the newest plan')
    .option('--recommended', 'also by the steps that are recommended')
    .option('--all', 'by all steps that are not rejected')
    .option('-r, --recipe <file>', 'by a recipe instead')
    .action((dataset: string, flags: { recommended?: boolean; all?: boolean; recipe?: string }) =>
      action((context) =>
        applyCleaning(context, {
          dataset,
          recipe: flags.recipe,
          take: flags.all ? 'all' : flags.recommended ? 'recommended' : 'accepted',
        }),
      ),
    );
  command('undo', 'switch back to the version that this one was made from').action((dataset: string) =>
    action((context) => undoCleaning(context, dataset)),
  );
  command('versions', 'list the versions').action((dataset: string) =>
    action((context) => listVersions(context, dataset)),
  );
  command('switch', 'switch to another version')
    .argument('<version>', 'its number', number)
    .action((dataset: string, version: number) =>
      action((context) => switchVersion(context, dataset, version)),
    );
  command('export', 'print the recipe of a version as JSON')
    .option('--version-number <number>', 'default: the version that is on', number)
    .action((dataset: string, flags: { versionNumber?: number }) =>
      action((context) => exportRecipe(context, dataset, flags.versionNumber)),
    );
}
