import { access } from 'node:fs/promises';
import type { Dataset, DatasetOverride } from '../../contracts/dataset.js';
import { UsageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findDataset } from '../find-dataset.js';
import { renderTable } from '../render/table.js';
import { plural, printable } from '../render/text.js';
import { showJob } from '../show-job.js';
import { uploadFile } from '../upload-file.js';
import { watchJob } from '../watch-job.js';

export interface AddDatasetOptions {
  path: string;
  name?: string | undefined;
  /** Of a workbook. */
  sheet?: string | undefined;
  /** Id of an upload that was broken off. */
  resume?: string | undefined;
}

/** Confidence below which a decision is shown as one to look at. */
const DOUBTFUL = 0.7;

const megabytes = (bytes: number): number => Math.round(bytes / 1024 ** 2);

/** Uploads a file, watches it being read, and shows what was decided about it. */
export async function addDataset(context: CommandContext, options: AddDatasetOptions): Promise<ExitCode> {
  await access(options.path).catch(() => {
    throw new UsageError(`There is no file ${options.path}.`);
  });
  const { note } = context.progress;
  const say = (text: string): void => note(context.errorColors.dim(text));
  const { datasetId, jobId } = await uploadFile(context.client, {
    ...options,
    signal: context.signal,
    onBegun: (id, sizeBytes) =>
      say(
        `uploading ${megabytes(sizeBytes)} MB; to go on after a break: quaestor datasets add ${options.path} --resume ${id}`,
      ),
    onBroken: (offsetBytes) => say(`the upload broke; it goes on at ${megabytes(offsetBytes)} MB`),
  });
  await watchJob(context, jobId);
  return await showDataset(context, datasetId, jobId);
}

export interface RereadOptions {
  encoding?: string;
  delimiter?: string;
  /** Header records, and records above them; whole numbers. */
  headerRows?: string;
  skipRows?: string;
  /** Which of several tables below each other, from 1. */
  table?: string;
  /** Of a workbook. */
  sheet?: string;
}

/** Reads a dataset's file again as the user says; what is left out is detected. */
export async function rereadDataset(
  context: CommandContext,
  dataset: string,
  { encoding, delimiter, sheet, ...rows }: RereadOptions,
): Promise<ExitCode> {
  const { id } = await findDataset(context.client, dataset);
  const override: DatasetOverride = {
    ...(encoding === undefined ? {} : { encoding }),
    ...(delimiter === undefined ? {} : { delimiter: delimiter === '\\t' ? '\t' : delimiter }),
    ...(rows.headerRows === undefined ? {} : { headerRows: wholeNumber('--header-rows', rows.headerRows) }),
    ...(sheet === undefined ? {} : { sheet }),
    ...(rows.table === undefined ? {} : { table: tableNumber(rows.table) }),
    ...(rows.skipRows === undefined ? {} : { skipRows: wholeNumber('--skip-rows', rows.skipRows) }),
  };
  const { jobId } = await context.client.request<{ jobId: string }>(
    'POST',
    `/v1/datasets/${id}/read`,
    override,
  );
  await watchJob(context, jobId);
  return await showDataset(context, id, jobId);
}

/** The API counts from 0. */
function tableNumber(text: string): number {
  const table = wholeNumber('--table', text);
  if (table === 0) throw new UsageError('--table counts from 1.');
  return table - 1;
}

function wholeNumber(option: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`${option} takes a whole number, not "${text}".`);
}

async function showDataset(context: CommandContext, datasetId: string, jobId: string): Promise<ExitCode> {
  const read = await context.client.readDataset(datasetId);
  if (read.status !== 'ready') return await showJob(context, jobId);
  if (context.isJson) context.printJson(read);
  else printDataset(context, read);
  return EXIT.ok;
}

export async function listDatasets(context: CommandContext): Promise<ExitCode> {
  const datasets = await context.client.listDatasets();
  if (context.isJson) context.printJson({ datasets });
  else if (datasets.length === 0) {
    context.print('There is no dataset yet. Add one: quaestor datasets add FILE');
  } else {
    context.print(
      renderTable({
        colors: context.colors,
        columns: [
          { name: 'name' },
          { name: 'status' },
          { name: 'rows', align: 'right' },
          { name: 'columns', align: 'right' },
          { name: 'uploaded at' },
          { name: 'id' },
        ],
        rows: datasets.map(({ name, status, version, createdAt, id }) => [
          printable(name),
          status,
          version?.rowCount ?? null,
          version?.columns.length ?? null,
          createdAt,
          id,
        ]),
      }),
    );
  }
  return EXIT.ok;
}

function printDataset(context: CommandContext, dataset: Dataset): void {
  const { version } = dataset;
  if (!version) return;
  const size = `${plural(version.rowCount, 'row')}, ${plural(version.columns.length, 'column')}`;
  context.print(`${context.colors.green('✔')} ${printable(dataset.name)}: ${size} (${dataset.id})`);
  context.print(
    renderTable({
      colors: context.colors,
      columns: [
        { name: 'column' },
        { name: 'type' },
        { name: 'read as' },
        { name: 'rejected', align: 'right' },
        { name: 'respelled', align: 'right' },
      ],
      rows: version.columns.map((column) => [
        printable(column.name),
        column.type,
        printable(column.reading),
        column.rejected,
        column.respelled,
      ]),
    }),
  );
  const { sheets = [], sheet } = version.reading;
  if (sheet !== undefined) {
    const others = sheets.filter(({ name }) => name !== sheet).map(({ name }) => printable(name));
    const more = others.length === 0 ? '' : `; --sheet reads another: ${others.join(', ')}`;
    context.print(`${'sheet'.padEnd(10)} ${printable(sheet)}${more}`);
  }
  for (const { about, text, confidence } of version.reading.evidence) {
    const line = `${about.padEnd(10)} ${printable(text)} (${Math.round(confidence * 100)} %)`;
    const isDoubtful = about === 'encoding' && confidence < DOUBTFUL;
    context.print(isDoubtful ? context.colors.yellow(line) : line);
    if (isDoubtful)
      context.print(
        `${' '.repeat(11)}quaestor datasets reread ${dataset.id} --encoding NAME, for example big5, shift_jis, windows-1251`,
      );
  }
}
