import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { checkExamples, listExampleRuns, listExamples, saveExample } from './commands/examples.js';
import { listRuns, putSchedule, readSchedule, removeSchedule } from './commands/schedule.js';
import type { ExitCode } from './exit-codes.js';

type Action = (run: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

interface SourceFlag {
  source?: string;
}

/** What can be made of an answer: verified examples, schedules, other runs. */
export function addAnswerCommands(
  program: Command,
  action: Action,
  source: readonly [flags: string, description: string],
  minutes: (text: string) => number,
): void {
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
    ['runs', 'show the newest checks, also those after an indexing', listExampleRuns],
  ] as const) {
    examples
      .command(name)
      .description(description)
      .option(...source)
      .action((flags: SourceFlag) => action((context) => run(context, flags)));
  }

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
