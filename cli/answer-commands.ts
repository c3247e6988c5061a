import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import {
  checkExamples,
  listExampleRuns,
  listExamples,
  removeExample,
  saveExample,
} from './commands/examples.js';
import { listRuns, putSchedule, readSchedule, removeSchedule } from './commands/schedule.js';
import type { ExitCode } from './exit-codes.js';

type Action = (run: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

interface OwnerFlags {
  source?: string;
  dataset?: string;
}

/** What can be made of an answer: verified examples, schedules, other runs. */
export function addAnswerCommands(
  program: Command,
  action: Action,
  source: readonly [flags: string, description: string],
  minutes: (text: string) => number,
): void {
  const dataset = ['-d, --dataset <name>', 'dataset that they read, by name or id'] as const;
  const examples = program
    .command('examples')
    .description('answers that were verified, and whether they still hold');
  examples
    .command('save')
    .description('save the answer of a question as a verified example')
    .argument('<question-id>')
    .option('-q, --question <words>', 'other words for it')
    .action((questionId: string, flags: { question?: string }) =>
      action((context) => saveExample(context, { questionId, ...flags })),
    );
  for (const [name, description, run] of [
    ['list', 'list the verified examples', listExamples],
    ['check', 'do them all again and show what came out differently', checkExamples],
    ['runs', 'show the newest checks, also those after an indexing or a new version', listExampleRuns],
  ] as const) {
    examples
      .command(name)
      .description(description)
      .option(...source)
      .option(...dataset)
      .action((flags: OwnerFlags) => action((context) => run(context, flags)));
  }
  examples
    .command('remove')
    .description('remove a verified example: models do not see it any more')
    .argument('<example-id>', 'from the list')
    .option(...source)
    .option(...dataset)
    .action((id: string, flags: OwnerFlags) => action((context) => removeExample(context, { id, ...flags })));

  const schedule = program.command('schedule').description('questions that are asked again and again');
  schedule
    .command('set')
    .description('run the SQL of an answer again: --cron "0 8 * * MON" or --every 60')
    .argument('<question-id>')
    .option('--cron <expression>', 'five-field cron expression')
    .option('--every <minutes>', 'minutes between runs', minutes)
    .option('--time-zone <name>', 'of the cron expression (default: UTC)')
    .action((questionId: string, flags: { cron?: string; every?: number; timeZone?: string }) => {
      const { every: everyMinutes, ...rest } = flags;
      const times = { ...rest, ...(everyMinutes === undefined ? {} : { everyMinutes }) };
      return action((context) => putSchedule(context, { questionId, ...times }));
    });
  schedule
    .command('show')
    .description('show when a question is asked again')
    .argument('<question-id>')
    .action((questionId: string) => action((context) => readSchedule(context, questionId)));
  schedule
    .command('remove')
    .description('ask it by schedule no more')
    .argument('<question-id>')
    .action((questionId: string) => action((context) => removeSchedule(context, questionId)));

  program
    .command('runs')
    .description('list the other runs of a question: edited and scheduled ones')
    .argument('<question-id>')
    .action((questionId: string) => action((context) => listRuns(context, questionId)));
}
