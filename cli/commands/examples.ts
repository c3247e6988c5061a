import type { ExampleOwner, ExampleResult, ExampleRun } from '../../contracts/verified-example.js';
import { UsageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findDataset } from '../find-dataset.js';
import { findSource } from '../find-source.js';
import { renderTable } from '../render/table.js';
import { plural, printable } from '../render/text.js';
import { watchJob } from '../watch-job.js';

interface OwnerOption {
  /** Name or id; may be left out when there is exactly one. */
  source?: string | undefined;
  /** Name or id of a dataset, in place of a data source. */
  dataset?: string | undefined;
}

/** @throws UsageError when there is none such, or both are named */
async function findOwner({ client }: CommandContext, options: OwnerOption): Promise<ExampleOwner> {
  const { dataset, source } = options;
  if (dataset === undefined) return { dataSourceId: (await findSource(client, source)).id };
  if (source !== undefined)
    throw new UsageError('Examples are those of a data source or of a dataset: name one of the two.');
  return { datasetId: (await findDataset(client, dataset)).id };
}

export async function saveExample(
  context: CommandContext,
  { questionId, question }: { questionId: string; question?: string | undefined },
): Promise<ExitCode> {
  const example = await context.client.saveExample(questionId, question);
  if (context.isJson) context.printJson(example);
  else {
    const rows = plural(example.rowCount, 'row');
    context.print(`Saved as a verified example: ${printable(example.question)} (${rows})`);
  }
  return EXIT.ok;
}

export async function listExamples(context: CommandContext, options: OwnerOption): Promise<ExitCode> {
  const examples = await context.client.listExamples(await findOwner(context, options));
  if (context.isJson) context.printJson({ examples });
  else if (examples.length === 0)
    context.print('No answer was verified yet: quaestor examples save QUESTION_ID');
  else {
    context.print(
      renderTable({
        columns: ['question', 'rows', 'verified by', 'at', 'id'].map((name) => ({ name })),
        rows: examples.map((one) => [
          one.question,
          String(one.rowCount),
          one.verifiedBy,
          one.verifiedAt,
          one.id,
        ]),
        colors: context.colors,
        terminalWidth: context.terminalWidth,
      }),
    );
  }
  return EXIT.ok;
}

export async function removeExample(
  context: CommandContext,
  { id, ...options }: OwnerOption & { id: string },
): Promise<ExitCode> {
  await context.client.deleteExample(await findOwner(context, options), id);
  if (context.isJson) context.printJson({ id, removed: true });
  else context.print('Removed.');
  return EXIT.ok;
}

/** Does them all again and prints what came out differently; fails when something did. */
export async function checkExamples(context: CommandContext, options: OwnerOption): Promise<ExitCode> {
  const owner = await findOwner(context, options);
  const { id, jobId } = await context.client.checkExamples(owner);
  await watchJob(context, jobId);
  const run = (await context.client.listExampleRuns(owner)).find((one) => one.id === id);
  if (context.isJson) context.printJson(run);
  else context.print(run ? renderRun(context, run) : 'The run is not listed any more.');
  return run?.status === 'succeeded' && run.differences.length === 0 ? EXIT.ok : EXIT.failed;
}

export async function listExampleRuns(context: CommandContext, options: OwnerOption): Promise<ExitCode> {
  const runs = await context.client.listExampleRuns(await findOwner(context, options));
  if (context.isJson) context.printJson({ runs });
  else if (runs.length === 0) context.print('There was no run yet: quaestor examples check');
  else context.print(runs.map((run) => renderRun(context, run)).join('\n\n'));
  return EXIT.ok;
}

function renderRun({ colors }: CommandContext, run: ExampleRun): string {
  const { same, rows_changed, columns_changed, failed } = run.counts;
  const all = same + rows_changed + columns_changed + failed;
  const sign = run.differences.length === 0 ? colors.green('✔') : colors.yellow('!');
  const state = run.status === 'succeeded' ? '' : `, ${run.status}`;
  return [
    `${sign} ${same} of ${plural(all, 'example')} as verified${state} ${colors.dim(`${run.createdAt}, ${run.reason}`)}`,
    ...run.differences.map((result) => `  ${printable(result.question)}: ${differenceText(result)}`),
  ].join('\n');
}

function differenceText(result: ExampleResult): string {
  const { addedColumns, error, expectedRows, outcome, removedColumns, rowCount } = result;
  const names = (list: string[]): string => list.map(printable).join(', ');
  switch (outcome) {
    case 'same':
      return 'as verified';
    case 'rows_changed':
      return rowCount === expectedRows
        ? `${plural(expectedRows, 'row')} as before, with other values`
        : `${plural(rowCount ?? 0, 'row')}, verified with ${expectedRows}`;
    case 'columns_changed':
      return [
        ...(addedColumns.length > 0 ? [`new columns: ${names(addedColumns)}`] : []),
        ...(removedColumns.length > 0 ? [`columns gone: ${names(removedColumns)}`] : []),
        ...(addedColumns.length + removedColumns.length === 0 ? ['the columns come in another order'] : []),
      ].join('; ');
    case 'failed':
      return error ? `${error.code}: ${printable(error.message)}` : 'failed';
  }
}
