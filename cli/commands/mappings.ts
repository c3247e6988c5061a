import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { MappingReport, SchemaMapping } from '../../contracts/schema-mapping.js';
import { UsageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findSource } from '../find-source.js';
import { renderTable } from '../render/table.js';
import { plural, printable } from '../render/text.js';
import { readEndedJob, showJob } from '../show-job.js';
import { watchJob } from '../watch-job.js';

interface SourceOption {
  /** Name or id; may be left out when there is exactly one. */
  source?: string | undefined;
}

export async function listMappings(
  context: CommandContext,
  options: SourceOption & { kind?: string; status?: string },
): Promise<ExitCode> {
  const { source: name, ...filter } = options;
  const source = await findSource(context.client, name);
  const mappings = await context.client.listMappings(source.id, filter);
  if (context.isJson) context.printJson({ mappings });
  else showMappings(context, mappings, 'Nothing is said about this schema yet.');
  return EXIT.ok;
}

function showMappings(context: CommandContext, mappings: readonly SchemaMapping[], none: string): void {
  if (mappings.length === 0) context.print(none);
  else {
    context.print(
      renderTable({
        columns: ['kind', 'about', 'says', 'status', 'by', 'id'].map((column) => ({ name: column })),
        rows: mappings.map((one) => [one.kind, aboutOf(one), saysOf(one), one.status, one.origin, one.id]),
        colors: context.colors,
        terminalWidth: context.terminalWidth,
      }),
    );
  }
}

/** Kinds that can be said on one line, and whether they have a target and a text. */
const ONE_LINE: Record<string, { hasTarget: boolean; hasText: boolean }> = {
  synonym: { hasTarget: true, hasText: true },
  description: { hasTarget: true, hasText: true },
  pin: { hasTarget: true, hasText: false },
  exclude: { hasTarget: true, hasText: false },
  instruction: { hasTarget: false, hasText: true },
};

export async function addMapping(
  context: CommandContext,
  options: SourceOption & { kind: string; words: string[] },
): Promise<ExitCode> {
  const form = ONE_LINE[options.kind];
  if (!form) {
    throw new UsageError(
      `"${printable(options.kind)}" cannot be said on one line; ${Object.keys(ONE_LINE).join(', ')} can. Use "mappings put FILE" for the others.`,
    );
  }
  const [target, ...rest] = form.hasTarget ? options.words : [undefined, ...options.words];
  const text = rest.join(' ').trim();
  if (form.hasText !== (text !== ''))
    throw new UsageError(`A ${options.kind} ${form.hasText ? 'needs a text' : 'has no text'}.`);
  const mapping = { kind: options.kind, ...(target ? { target } : {}), ...(text ? { text } : {}) };
  const source = await findSource(context.client, options.source);
  return showReport(context, await context.client.putMappings(source.id, [mapping]));
}

export async function putMappings(
  context: CommandContext,
  options: SourceOption & { file: string },
): Promise<ExitCode> {
  const given: unknown = parse(await readInput(context, options.file));
  const mappings = Array.isArray(given) ? given : (given as { mappings?: unknown } | null)?.mappings;
  if (!Array.isArray(mappings)) throw new UsageError('The file holds no list of mappings.');
  const source = await findSource(context.client, options.source);
  return showReport(context, await context.client.putMappings(source.id, mappings));
}

export async function importMappings(
  context: CommandContext,
  options: SourceOption & { file: string },
): Promise<ExitCode> {
  const document = await readInput(context, options.file);
  const source = await findSource(context.client, options.source);
  const report = await context.client.importMappings(source.id, document);
  const matched = `${plural(report.matchedTables, 'table')} matched, ${plural(report.joins, 'join')} taken over.`;
  return showReport(context, report, matched);
}

/** Has the model describe what nothing describes, and shows what it wrote. */
export async function describeSchema(
  context: CommandContext,
  options: SourceOption & { tables: string[]; maxTables?: number | undefined },
): Promise<ExitCode> {
  const source = await findSource(context.client, options.source);
  const before = new Set((await proposalsOf(context, source.id)).map(({ id }) => id));
  const jobId = await context.client.describeSchema(source.id, {
    ...(options.tables.length > 0 ? { tables: options.tables } : {}),
    ...(options.maxTables === undefined ? {} : { maxTables: options.maxTables }),
  });
  await watchJob(context, jobId);
  const job = await readEndedJob(context, jobId);
  const proposed = (await proposalsOf(context, source.id)).filter(({ id }) => !before.has(id));
  if (context.isJson) context.printJson({ job, proposed });
  else {
    showMappings(context, proposed, 'The model proposed no descriptions.');
    if (proposed.length > 0)
      context.print(
        'They count when accepted: quaestor mappings accept ID… or --all; the next indexing embeds them.',
      );
    if (job.status !== 'succeeded') return showJob(context, jobId);
  }
  return job.status === 'succeeded' ? EXIT.ok : EXIT.failed;
}

const proposalsOf = (context: CommandContext, sourceId: string): Promise<SchemaMapping[]> =>
  context.client.listMappings(sourceId, { status: 'generated' });

export async function reviewMappings(
  context: CommandContext,
  options: SourceOption & { ids: string[]; isAll: boolean; status: 'accepted' | 'rejected' },
): Promise<ExitCode> {
  if (options.isAll !== (options.ids.length === 0)) throw new UsageError('Give the ids, or --all.');
  const source = await findSource(context.client, options.source);
  const ids = options.isAll ? (await proposalsOf(context, source.id)).map(({ id }) => id) : options.ids;
  const reviewed: SchemaMapping[] = [];
  for (const id of ids) {
    const mapping = await context.client.putMappingStatus(source.id, id, options.status);
    reviewed.push(mapping);
    if (!context.isJson)
      context.print(`The ${mapping.kind} of ${printable(aboutOf(mapping))} is ${mapping.status}.`);
  }
  if (context.isJson) context.printJson({ mappings: reviewed });
  else if (reviewed.length === 0) context.print('Nothing waits for a decision.');
  return EXIT.ok;
}

export async function removeMapping(
  context: CommandContext,
  options: SourceOption & { id: string },
): Promise<ExitCode> {
  const source = await findSource(context.client, options.source);
  await context.client.deleteMapping(source.id, options.id);
  if (context.isJson) context.printJson({ removed: options.id });
  else context.print('Removed.');
  return EXIT.ok;
}

function showReport(context: CommandContext, report: MappingReport, matched?: string): ExitCode {
  if (context.isJson) {
    context.printJson(report);
    return EXIT.ok;
  }
  const misses = report.unmatched.map(({ name, reason, nearest }) => {
    const near = nearest.length > 0 ? ` Nearest: ${nearest.join(', ')}` : '';
    return `  ${printable(name)}: ${printable(reason + near)}`;
  });
  context.print(
    [
      ...(matched ? [matched] : []),
      `${report.created} new, ${report.updated} changed, ${report.unchanged} as before.`,
      ...(misses.length > 0 ? [`${plural(misses.length, 'thing')} did not match:`, ...misses] : []),
    ].join('\n'),
  );
  return EXIT.ok;
}

async function readInput(context: CommandContext, file: string): Promise<string> {
  if (file !== '-') {
    return await readFile(file, 'utf8').catch((error: unknown) => {
      throw new UsageError(`The file cannot be read: ${(error as Error).message}`);
    });
  }
  let text = '';
  for await (const chunk of context.stdin) text += String(chunk);
  return text;
}

function aboutOf(mapping: SchemaMapping): string {
  switch (mapping.kind) {
    case 'synonym':
    case 'description':
    case 'pin':
    case 'exclude':
      return mapping.target;
    case 'metric':
    case 'area':
      return mapping.name;
    case 'example':
      return mapping.question;
    case 'instruction':
      return '';
  }
}

function saysOf(mapping: SchemaMapping): string {
  switch (mapping.kind) {
    case 'synonym':
    case 'description':
    case 'instruction':
      return mapping.text;
    case 'metric':
      return mapping.expression;
    case 'example':
      return mapping.sql;
    case 'area':
      return mapping.members.join(', ');
    case 'pin':
    case 'exclude':
      return '';
  }
}
