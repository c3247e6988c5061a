import { writeFile } from 'node:fs/promises';
import type { ColumnProfile, Finding, PartialProfile } from '../../contracts/dataset-profile.js';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findDataset } from '../find-dataset.js';
import { renderTable } from '../render/table.js';
import { plural, printable } from '../render/text.js';
import { showJob } from '../show-job.js';
import { watchJob } from '../watch-job.js';

export interface ProfileDatasetOptions {
  dataset: string;
  /** File to write the page to. */
  html?: string | undefined;
}

/** Profiles a dataset unless that was done just now, and shows its columns and what is likely wrong with them. */
export async function profileDataset(
  context: CommandContext,
  options: ProfileDatasetOptions,
): Promise<ExitCode> {
  const { client } = context;
  const dataset = await findDataset(client, options.dataset);
  const { profile: started } = await client.profileDataset(dataset.id);
  if (!started.finishedAt) await watchJob(context, started.jobId);
  const read = await client.readProfile(dataset.id);
  if (read.status !== 'succeeded') return await showJob(context, read.jobId);
  if (options.html !== undefined) await writeFile(options.html, await client.readProfilePage(dataset.id));
  if (context.isJson) {
    context.printJson(read);
    return EXIT.ok;
  }
  printProfile(context, read.profile);
  if (options.html !== undefined) context.print(`The page is ${options.html}`);
  return EXIT.ok;
}

function printProfile(context: CommandContext, profile: PartialProfile): void {
  const { colors } = context;
  const warnings = profile.findings.filter(({ level }) => level === 'warning');
  const countOf = (name: string): number => warnings.filter(({ column }) => column === name).length;
  context.print(`${plural(profile.rows ?? 0, 'row')}, ${plural(profile.columns.length, 'column')}`);
  context.print(
    renderTable({
      colors,
      terminalWidth: context.terminalWidth,
      columns: [
        { name: 'column' },
        { name: 'type' },
        { name: 'what it is' },
        { name: 'nulls', align: 'right' },
        { name: 'distinct', align: 'right' },
        { name: 'least' },
        { name: 'greatest' },
        { name: 'warnings', align: 'right' },
      ],
      rows: profile.columns.map((column) => [
        printable(column.name),
        column.type,
        column.semantic?.type ?? column.kind,
        column.nulls,
        column.distinct,
        ...endsOf(column),
        countOf(column.name),
      ]),
    }),
  );
  if (warnings.length === 0) context.print(`${colors.green('✔')} no warnings`);
  for (const warning of warnings) context.print(`${colors.red('!')} ${sayFinding(warning)}`);
}

/** Personal values stay where they are. */
const endsOf = ({ semantic, min, max }: ColumnProfile): [string, string] =>
  semantic?.personal ? ['(personal)', '(personal)'] : [shown(min), shown(max)];

const shown = (value: string | null): string => (value === null ? '' : printable(value).slice(0, 24));

const sayFinding = ({ kind, message, rows }: Finding): string =>
  `${kind}: ${printable(message)}${rows && rows.length > 0 ? ` Rows ${rows.join(', ')}.` : ''}`;
