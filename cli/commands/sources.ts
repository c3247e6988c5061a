import type { DataSource } from '../../contracts/data-source.js';
import { UsageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findSource } from '../find-source.js';
import type { FollowedEvent } from '../follow-job.js';
import { eventText } from '../render/progress.js';
import { renderTable } from '../render/table.js';
import { plural, printable } from '../render/text.js';
import { showJob } from '../show-job.js';
import { watchJob } from '../watch-job.js';

export interface AddSourceOptions {
  name: string;
  /** `-` reads it from standard input; left out, from QUAESTOR_SOURCE_URL: both keep it out of the shell's history. */
  connectionString?: string | undefined;
  schemas: string[];
  /** Default true. */
  isIndexed: boolean;
}

/** Adds a data source and indexes it. */
export async function addSource(context: CommandContext, options: AddSourceOptions): Promise<ExitCode> {
  const connectionString = await connectionStringOf(context, options.connectionString);
  const source = await context.client.addDataSource({
    name: options.name,
    connectionString,
    ...(options.schemas.length > 0 ? { includeSchemas: options.schemas } : {}),
  });
  if (options.isIndexed) return indexAndShow(context, source);
  if (context.isJson) context.printJson(source);
  else context.print(`Added ${describe(source)}. Index it: quaestor sources index ${printable(source.name)}`);
  return EXIT.ok;
}

export async function listSources(context: CommandContext): Promise<ExitCode> {
  const dataSources = await context.client.listDataSources();
  if (context.isJson) {
    context.printJson({ dataSources });
    return EXIT.ok;
  }
  if (dataSources.length === 0) {
    context.print('There is no data source yet. Add one: quaestor sources add NAME CONNECTION_STRING');
    return EXIT.ok;
  }
  context.print(
    renderTable({
      columns: [
        { name: 'name' },
        { name: 'status' },
        { name: 'tables', align: 'right' },
        { name: 'columns', align: 'right' },
        { name: 'indexed at' },
        { name: 'address' },
        { name: 'id' },
      ],
      rows: dataSources.map((source) => [
        source.name,
        source.status,
        source.tables,
        source.columns,
        source.indexedAt,
        source.address,
        source.id,
      ]),
      colors: context.colors,
      terminalWidth: context.terminalWidth,
    }),
  );
  return EXIT.ok;
}

export async function indexSource(context: CommandContext, nameOrId: string): Promise<ExitCode> {
  return indexAndShow(context, await findSource(context.client, nameOrId));
}

export async function removeSource(context: CommandContext, nameOrId: string): Promise<ExitCode> {
  const source = await findSource(context.client, nameOrId);
  await context.client.removeDataSource(source.id);
  if (context.isJson) context.printJson({ removed: source.id });
  else context.print(`Removed ${describe(source)}.`);
  return EXIT.ok;
}

async function indexAndShow(context: CommandContext, source: DataSource): Promise<ExitCode> {
  const jobId = await context.client.indexDataSource(source.id);
  if (!context.isJson) context.progress.note(`Indexing ${describe(source)}`);
  await watchJob(context, jobId, { onEvent: (event) => keep(context, event) });
  return showJob(context, jobId);
}

/** On a terminal the steps of an index run stay above the bar; elsewhere each was a line already. */
function keep(context: CommandContext, event: FollowedEvent): void {
  const isStep = event.kind === 'schema.introspected' || event.kind === 'embedding.planned';
  if (context.progress.isLive && isStep) context.progress.note(`  ${eventText(event) ?? ''}`);
}

const describe = (source: DataSource): string => {
  const scope = source.includeSchemas.length > 0 ? `, ${plural(source.includeSchemas.length, 'schema')}` : '';
  return `${printable(source.name)} (${printable(source.address)}${scope})`;
};

async function connectionStringOf(context: CommandContext, given: string | undefined): Promise<string> {
  let text = given ?? context.env['QUAESTOR_SOURCE_URL'] ?? '';
  if (given === '-') {
    text = '';
    for await (const chunk of context.stdin) text += String(chunk);
  }
  const connectionString = text.trim();
  if (connectionString === '') {
    throw new UsageError(
      'There is no connection string: give it, or "-" to read it from standard input, or set QUAESTOR_SOURCE_URL.',
    );
  }
  return connectionString;
}
