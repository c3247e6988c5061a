// Over 400 lines: every command with its options, in the order in which help shows them.
import { Command, CommanderError, InvalidArgumentError, type OutputConfiguration } from 'commander';
import { addAnswerCommands } from './answer-commands.js';
import { createApiClient } from './api-client.js';
import { addCleanCommands } from './clean-commands.js';
import { exitCodeOf, InterruptedError, toProblem, WaitEndedError } from './cli-error.js';
import type { CommandContext } from './command-context.js';
import { ask } from './commands/ask.js';
import { addDataset, listDatasets, type RereadOptions, rereadDataset } from './commands/datasets.js';
import { cancel, listJobs, watch } from './commands/jobs.js';
import {
  addMapping,
  describeSchema,
  importMappings,
  listMappings,
  putMappings,
  removeMapping,
  reviewMappings,
} from './commands/mappings.js';
import { profileDataset } from './commands/profile-dataset.js';
import { reply } from './commands/reply.js';
import { runSql } from './commands/run-sql.js';
import { search } from './commands/search.js';
import { addSource, indexSource, listSources, removeSource } from './commands/sources.js';
import { findConnection } from './connection.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { createLinePrompt } from './line-prompt.js';
import { colorsFor } from './render/colors.js';
import { renderProblem } from './render/problem.js';
import { createProgressView, type ProgressStream } from './render/progress.js';
import { formatDuration } from './render/text.js';

export interface MainOptions {
  /** Quaestor's own folder, where `.quaestor/credentials.json` is looked for after the current folder. */
  projectFolder: string;
  env?: NodeJS.ProcessEnv;
  stdin?: NodeJS.ReadableStream & { isTTY?: boolean | undefined };
  stdout?: ProgressStream;
  stderr?: ProgressStream;
}

type Run = (context: CommandContext) => Promise<ExitCode>;

/**
 * Runs one command line.
 * @param args without node and script.
 * @returns the exit code; never throws.
 */
export async function main(args: string[], options: MainOptions): Promise<ExitCode> {
  const { env = process.env, stdin = process.stdin } = options;
  const { stdout = process.stdout, stderr = process.stderr } = options;
  const colors = colorsFor(stdout, env);
  const errorColors = colorsFor(stderr, env);
  const interruption = new AbortController();
  const onInterrupt = () => interruption.abort(new InterruptedError('Interrupted'));
  let exitCode: ExitCode = EXIT.ok;

  const execute = async (run: Run, { api, json: isJson = false }: GlobalOptions) => {
    const printJson = (value: unknown) => stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    const progress = createProgressView(stderr, errorColors);
    const lines = createLinePrompt(stdin, stderr);
    // A second Ctrl-C ends the process at once, as usual.
    process.once('SIGINT', onInterrupt);
    try {
      const { apiUrl, apiKey } = findConnection({
        apiOption: api,
        env,
        folders: [process.cwd(), options.projectFolder],
      });
      const client = createApiClient({
        baseUrl: apiUrl,
        apiKey,
        signal: interruption.signal,
        onRetry: (problem, waitMs) =>
          progress.note(errorColors.dim(`${problem.title}; trying again in ${formatDuration(waitMs)}`)),
      });
      exitCode = await run({
        client,
        isJson,
        env,
        stdin,
        print: (text) => stdout.write(`${text}\n`),
        printJson,
        colors,
        errorColors,
        terminalWidth: stdout.isTTY ? stdout.columns : undefined,
        progress,
        ...(stdin.isTTY && stderr.isTTY && !isJson ? { prompt: lines.ask } : {}),
        signal: interruption.signal,
      });
    } catch (error) {
      exitCode = exitCodeOf(error);
      progress.clear();
      if (error instanceof InterruptedError || error instanceof WaitEndedError) return;
      if (isJson) printJson({ problem: toProblem(error) });
      else stderr.write(`${renderProblem(toProblem(error), errorColors)}\n`);
    } finally {
      process.removeListener('SIGINT', onInterrupt);
      lines.close();
    }
  };

  const program = createProgram(execute, {
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    getOutHasColors: () => colors.isColorSupported,
    getErrHasColors: () => errorColors.isColorSupported,
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return exitCode;
}

interface GlobalOptions {
  api?: string;
  json?: boolean;
}

/** Of an option that may be given several times. */
const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

function createProgram(
  execute: (run: Run, options: GlobalOptions) => Promise<void>,
  output: OutputConfiguration,
): Command {
  const program = new Command('quaestor')
    // Before the commands are made: they inherit it then.
    .configureOutput(output)
    .description(
      'Ask questions in plain language about your databases; see the SQL, the rows and the reasons.',
    )
    .option(
      '--api <url>',
      'address of the API (default: QUAESTOR_API_URL, else that of the running npm start)',
    )
    .option('--json', 'print one JSON document on standard output, and nothing else there')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for usage)')
    .exitOverride()
    .addHelpText('after', HELP);
  const action = (run: Run) => execute(run, program.opts<GlobalOptions>());

  program
    .command('ask')
    .description('ask a question and print the answer')
    .argument('<question...>', 'the question, in quotes or not')
    .option('-s, --source <name>', 'data source, by name or id (may be left out when there is exactly one)')
    .option('-a, --area <name>', 'keep to this subject area of the data source')
    .option('--no-area', 'leave the subject area that the question before keeps to')
    .option(
      '-d, --dataset <name>',
      'dataset to ask instead, by name or id; several times for several',
      collect,
    )
    .option(
      '--result-of <question-id>',
      'ask the rows of an answer as well; several times for several',
      collect,
    )
    .option(
      '-f, --follow-up [question-id]',
      'go on from a question ("only for March"); without an id, from the last one',
    )
    .option('-r, --rows <n>', 'rows to print (default: 20; with --json all)', wholeNumber(0, 10_000))
    .option('-w, --wait <seconds>', 'longest wait for the answer; 0 only starts it', wholeNumber(0, 86_400))
    .action(
      (
        words: string[],
        flags: {
          source?: string;
          area?: string | false;
          dataset?: string[];
          resultOf?: string[];
          followUp?: string | true;
          rows?: number;
          wait?: number;
        },
      ) =>
        action((context) =>
          ask(context, {
            question: words.join(' '),
            source: flags.source,
            area: flags.area === false ? null : flags.area,
            datasets: flags.dataset,
            resultOf: flags.resultOf,
            after: flags.followUp,
            rows: flags.rows,
            waitMs: flags.wait === undefined ? undefined : flags.wait * 1_000,
          }),
        ),
    );

  program
    .command('reply')
    .description('choose the reading of a question that waits for it')
    .argument('<question-id>')
    .argument('<reading...>', 'the number of a reading, or what is meant in your own words')
    .option('-r, --rows <n>', 'rows to print (default: 20; with --json all)', wholeNumber(0, 10_000))
    .action((questionId: string, words: string[], flags: { rows?: number }) =>
      action((context) => reply(context, { questionId, reading: words.join(' '), rows: flags.rows })),
    );

  program
    .command('search')
    .description('show which tables a question would be answered with, and why')
    .argument('<query...>', 'a question or some words')
    .option(...SOURCE)
    .option('-a, --area <name>', 'keep to this subject area')
    .option('-n, --limit <n>', 'ranked tables at most', wholeNumber(1, 50))
    .action((words: string[], flags: { source?: string; area?: string; limit?: number }) =>
      action((context) => search(context, { query: words.join(' '), ...flags })),
    );

  program
    .command('run')
    .description('run SQL of your own for a question: the same guard, beside the answer that is there')
    .argument('<question-id>')
    .argument('<sql>', 'one SELECT, or "-" to read it from standard input')
    .option('-r, --rows <n>', 'rows to print (default: 20; with --json all)', wholeNumber(0, 10_000))
    .action((questionId: string, sql: string, flags: { rows?: number }) =>
      action((context) => runSql(context, { questionId, sql, rows: flags.rows })),
    );
  addMappingCommands(program, action);
  addAnswerCommands(program, action, SOURCE, wholeNumber(1, 525_600));

  const sources = program.command('sources').description('databases to ask about');
  sources
    .command('add')
    .description('add a data source and index it')
    .argument('<name>')
    .argument(
      '[connection-string]',
      'postgres://… or mysql://…, or "-" to read it from standard input (default: QUAESTOR_SOURCE_URL)',
    )
    .option('--schema <names...>', 'index only these schemas')
    .option('--no-index', 'only add it')
    .action(
      (name: string, connectionString: string | undefined, flags: { schema?: string[]; index: boolean }) =>
        action((context) =>
          addSource(context, { name, connectionString, schemas: flags.schema ?? [], isIndexed: flags.index }),
        ),
    );
  sources
    .command('list')
    .description('list the data sources')
    .action(() => action(listSources));
  sources
    .command('index')
    .description('index a data source again')
    .argument('<name>', 'name or id')
    .action((name: string) => action((context) => indexSource(context, name)));
  sources
    .command('remove')
    .description('remove a data source and all that was indexed of it')
    .argument('<name>', 'name or id')
    .action((name: string) => action((context) => removeSource(context, name)));

  const datasets = program.command('datasets').description('files to ask about');
  datasets
    .command('add')
    .description('upload a file and show how it was read')
    .argument('<file>')
    .option('-n, --name <name>', 'what it is called (default: as the file)')
    .option('-s, --sheet <name>', 'which sheet of a workbook (default: the first with cells)')
    .option('--resume <id>', 'go on with an upload that was broken off')
    .action((path: string, flags: { name?: string; sheet?: string; resume?: string }) =>
      action((context) => addDataset(context, { path, ...flags })),
    );
  datasets
    .command('reread')
    .description('read the file again as you say: another encoding, delimiter or header')
    .argument('<dataset>', 'name or id')
    .option(
      '--encoding <name>',
      'big5, shift_jis, euc-kr, windows-1251, koi8-r, iso-8859-2 … as browsers call them',
    )
    .option('--delimiter <text>', 'what stands between cells; \\t is a tab')
    .option('--header-rows <n>', 'header records')
    .option('--skip-rows <n>', 'records above the header')
    .option('--table <n>', 'which of several tables below each other, the first being 1')
    .option('--sheet <sheet>', 'which sheet of a workbook')
    .action((dataset: string, flags: RereadOptions) =>
      action((context) => rereadDataset(context, dataset, flags)),
    );
  datasets
    .command('list')
    .description('list the datasets, newest first')
    .action(() => action(listDatasets));
  datasets
    .command('profile')
    .description('profile a dataset, and show its columns and what is likely wrong with them')
    .argument('<name>', 'name or id')
    .option('--html <file>', 'write the page with charts to this file')
    .action((dataset: string, flags: { html?: string }) =>
      action((context) => profileDataset(context, { dataset, html: flags.html })),
    );

  addCleanCommands(datasets, action);

  const jobs = program.command('jobs').description('what runs and ran');
  jobs
    .command('list')
    .description('list the jobs, newest first')
    .action(() => action(listJobs));
  jobs
    .command('watch')
    .description('watch a job to its end')
    .argument('<id>')
    .action((id: string) => action((context) => watch(context, id)));
  jobs
    .command('cancel')
    .description('ask a job to stop')
    .argument('<id>')
    .action((id: string) => action((context) => cancel(context, id)));
  return program;
}

const SOURCE = [
  '-s, --source <name>',
  'data source, by name or id (may be left out when there is exactly one)',
] as const;

interface SourceFlag {
  source?: string;
}

function addMappingCommands(program: Command, action: (run: Run) => Promise<void>): void {
  const mappings = program.command('mappings').description('what people say about a schema');
  mappings
    .command('list')
    .description('list synonyms, descriptions, metrics, examples, instructions, pins, excludes and areas')
    .option(...SOURCE)
    .option('-k, --kind <kind>', 'only this kind')
    .option('--status <status>', 'accepted, generated or rejected')
    .action((flags: SourceFlag & { kind?: string; status?: string }) =>
      action((context) => listMappings(context, flags)),
    );
  mappings
    .command('add')
    .description('say one thing: synonym|description TARGET TEXT…, pin|exclude TARGET, instruction TEXT…')
    .argument('<kind>')
    .argument('<words...>')
    .option(...SOURCE)
    .action((kind: string, words: string[], flags: SourceFlag) =>
      action((context) => addMapping(context, { kind, words, ...flags })),
    );
  mappings
    .command('put')
    .description('say all that a JSON or YAML file holds: a list of mappings, or {mappings: […]}')
    .argument('<file>', 'or "-" for standard input')
    .option(...SOURCE)
    .action((file: string, flags: SourceFlag) =>
      action((context) => putMappings(context, { file, ...flags })),
    );
  mappings
    .command('import')
    .description('take over dbt’s target/manifest.json or a schema.yml')
    .argument('<file>', 'or "-" for standard input')
    .option(...SOURCE)
    .action((file: string, flags: SourceFlag) =>
      action((context) => importMappings(context, { file, ...flags })),
    );
  mappings
    .command('describe')
    .description('have the model describe tables and cryptic columns that nothing describes, for review')
    .argument('[tables...]', 'only these')
    .option(...SOURCE)
    .option('--max <count>', 'tables at most', wholeNumber(1, 5_000))
    .action((tables: string[], { max, ...flags }: SourceFlag & { max?: number }) =>
      action((context) => describeSchema(context, { tables, maxTables: max, ...flags })),
    );
  for (const [name, status] of [
    ['accept', 'accepted'],
    ['reject', 'rejected'],
  ] as const) {
    mappings
      .command(name)
      .description(`${name} mappings, by id`)
      .argument('[ids...]')
      .option('--all', 'all that wait for a decision')
      .option(...SOURCE)
      .action((ids: string[], { all = false, ...flags }: SourceFlag & { all?: boolean }) =>
        action((context) => reviewMappings(context, { ids, isAll: all, status, ...flags })),
      );
  }
  mappings
    .command('remove')
    .description('take a mapping back')
    .argument('<id>')
    .option(...SOURCE)
    .action((id: string, flags: SourceFlag) => action((context) => removeMapping(context, { id, ...flags })));
}

const HELP = `
The API key is taken from QUAESTOR_API_KEY, else from .quaestor/credentials.json, which npm start writes
(QUAESTOR_HOME names another folder).

Exit codes: 0 answered or done, 1 failed, 2 wrong usage, 3 question refused, 4 API not reachable,
5 still running when --wait ended, 6 waiting for a choice, 130 interrupted (the job goes on).`;

const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
