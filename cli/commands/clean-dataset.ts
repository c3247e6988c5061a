import { readFile } from 'node:fs/promises';
import type { CleaningPlan, CleaningStep, PlannedStep, PlannedStepStatus } from '../../contracts/cleaning.js';
import type { Dataset } from '../../contracts/dataset.js';
import { createCleaningClient, type PlanEdit } from '../cleaning-client.js';
import { UsageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findDataset } from '../find-dataset.js';
import { printCleaningPlan } from '../render/cleaning-plan.js';
import { renderTable } from '../render/table.js';
import { plural, printable } from '../render/text.js';
import { showJob } from '../show-job.js';
import { watchJob } from '../watch-job.js';

export interface PlanOptions {
  dataset: string;
  recipe?: string | undefined;
  model: boolean;
}

/** Proposes how to clean a dataset, or shows what a recipe would do. */
export async function planCleaning(context: CommandContext, options: PlanOptions): Promise<ExitCode> {
  const cleaning = createCleaningClient(context.client);
  const { id } = await findDataset(context.client, options.dataset);
  const recipe = options.recipe === undefined ? {} : { recipe: await readJson(options.recipe) };
  const { jobId } = await cleaning.plan(id, { ...recipe, askModel: options.model });
  return await showPlanOf(context, id, jobId);
}

export async function showPlan(context: CommandContext, dataset: string): Promise<ExitCode> {
  const { id } = await findDataset(context.client, dataset);
  return print(context, await createCleaningClient(context.client).newestPlan(id));
}

export interface DecideOptions {
  dataset: string;
  accept?: number[] | undefined;
  reject?: number[] | undefined;
  /** The numbers of all or some steps, in the order wanted; the others follow. */
  order?: number[] | undefined;
  /** File with a step, or a list of steps, to be added. */
  add?: string | undefined;
  /** File with the step that takes the place of the one with the number. */
  edit?: [number, string] | undefined;
}

/** Accepts, rejects, edits, adds and reorders steps of the newest plan. */
export async function decidePlan(context: CommandContext, options: DecideOptions): Promise<ExitCode> {
  const cleaning = createCleaningClient(context.client);
  const { id } = await findDataset(context.client, options.dataset);
  const plan = await cleaning.newestPlan(id);
  const edit = await editOf(plan, options);
  const { jobId } = await cleaning.editPlan(id, plan.id, edit);
  return await showPlanOf(context, id, jobId);
}

async function editOf(plan: CleaningPlan, options: DecideOptions): Promise<PlanEdit> {
  const at = (number: number): PlannedStep => {
    const step = plan.steps[number - 1];
    if (!step) throw new UsageError(`The plan has no step ${number}; it has ${plan.steps.length}.`);
    return step;
  };
  const decisions = new Map<PlannedStep, PlannedStepStatus>();
  for (const number of options.accept ?? []) decisions.set(at(number), 'accepted');
  for (const number of options.reject ?? []) decisions.set(at(number), 'rejected');
  const edited = new Map<PlannedStep, CleaningStep>();
  if (options.edit) edited.set(at(options.edit[0]), (await readJson(options.edit[1])) as CleaningStep);
  const first = (options.order ?? []).map(at);
  const steps = [...new Set([...first, ...plan.steps])].map((each) => {
    const step = edited.get(each);
    return { id: each.id, status: decisions.get(each) ?? each.status, ...(step ? { step } : {}) };
  });
  const added = options.add === undefined ? [] : [await readJson(options.add)].flat();
  return {
    revision: plan.revision,
    steps: [...steps, ...added.map((step) => ({ step: step as CleaningStep, status: 'accepted' as const }))],
  };
}

export interface ApplyOptions {
  dataset: string;
  recipe?: string | undefined;
  take: 'accepted' | 'recommended' | 'all';
}

/** Makes a new version by the newest plan, or by a recipe. */
export async function applyCleaning(context: CommandContext, options: ApplyOptions): Promise<ExitCode> {
  const cleaning = createCleaningClient(context.client);
  const { id } = await findDataset(context.client, options.dataset);
  const body =
    options.recipe === undefined
      ? { planId: (await cleaning.newestPlan(id)).id, take: options.take }
      : { recipe: await readJson(options.recipe) };
  const { jobId } = await cleaning.clean(id, body);
  await watchJob(context, jobId);
  if ((await context.client.readJob(jobId)).status !== 'succeeded') return await showJob(context, jobId);
  return await printVersion(context, await context.client.readDataset(id));
}

export async function undoCleaning(context: CommandContext, dataset: string): Promise<ExitCode> {
  const { id } = await findDataset(context.client, dataset);
  return await printVersion(context, await createCleaningClient(context.client).undo(id));
}

export async function switchVersion(
  context: CommandContext,
  dataset: string,
  number: number,
): Promise<ExitCode> {
  const cleaning = createCleaningClient(context.client);
  const { id } = await findDataset(context.client, dataset);
  const version = (await cleaning.versions(id)).find((each) => each.number === number);
  if (!version) throw new UsageError(`The dataset has no version ${number}.`);
  return await printVersion(context, await cleaning.switchVersion(id, version.id));
}

export async function listVersions(context: CommandContext, dataset: string): Promise<ExitCode> {
  const { id } = await findDataset(context.client, dataset);
  const versions = await createCleaningClient(context.client).versions(id);
  if (context.isJson) context.printJson({ versions });
  else {
    context.print(
      renderTable({
        colors: context.colors,
        columns: [
          { name: 'version', align: 'right' },
          { name: 'on' },
          { name: 'rows', align: 'right' },
          { name: 'columns', align: 'right' },
          { name: 'made' },
          { name: 'at' },
        ],
        rows: versions.map(({ number, isActive, rowCount, columns, cleaning, createdAt }) => [
          number,
          isActive ? '✔' : '',
          rowCount,
          columns.length,
          cleaning
            ? `of version ${versions.find((each) => each.id === cleaning.sourceVersionId)?.number ?? '?'} by ${plural(cleaning.recipe.steps.length, 'step')}`
            : 'read from the file',
          createdAt,
        ]),
      }),
    );
  }
  return EXIT.ok;
}

/** Prints the recipe of the version that is on, or of another, as JSON that `apply --recipe` takes. */
export async function exportRecipe(
  context: CommandContext,
  dataset: string,
  number: number | undefined,
): Promise<ExitCode> {
  const cleaning = createCleaningClient(context.client);
  const { id } = await findDataset(context.client, dataset);
  const versions = await cleaning.versions(id);
  const version = versions.find((each) => (number === undefined ? each.isActive : each.number === number));
  if (!version) throw new UsageError(`The dataset has no version ${number ?? ''}.`);
  context.printJson(await cleaning.recipe(id, version.id));
  return EXIT.ok;
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`There is no file ${path}.`);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${path} holds no JSON.`);
  }
}

async function showPlanOf(context: CommandContext, id: string, jobId: string): Promise<ExitCode> {
  await watchJob(context, jobId);
  if ((await context.client.readJob(jobId)).status !== 'succeeded') return await showJob(context, jobId);
  return print(context, await createCleaningClient(context.client).newestPlan(id));
}

function print(context: CommandContext, plan: CleaningPlan): ExitCode {
  if (context.isJson) context.printJson(plan);
  else printCleaningPlan(context, plan);
  return EXIT.ok;
}

async function printVersion(context: CommandContext, dataset: Dataset): Promise<ExitCode> {
  if (context.isJson) {
    context.printJson(dataset);
    return EXIT.ok;
  }
  const { version } = dataset;
  if (!version) return EXIT.ok;
  const size = `${plural(version.rowCount, 'row')}, ${plural(version.columns.length, 'column')}`;
  context.print(
    `${context.colors.green('✔')} ${printable(dataset.name)} is at version ${version.number}: ${size}`,
  );
  const entry = (await createCleaningClient(context.client).versions(dataset.id)).find(
    ({ isActive }) => isActive,
  );
  for (const [index, effect] of (entry?.cleaning?.effects ?? []).entries()) {
    const { rowsRemoved, cellsChanged, cellsLost } = effect;
    const what = [
      rowsRemoved > 0 ? `${plural(rowsRemoved, 'row')} removed` : '',
      cellsChanged > 0 ? `${plural(cellsChanged, 'cell')} changed` : '',
      cellsLost > 0 ? `${plural(cellsLost, 'cell')} without a value now` : '',
    ].filter(Boolean);
    const kind = entry?.cleaning?.recipe.steps[index]?.kind ?? '';
    context.print(`  ${index + 1}. ${kind}: ${what.join(', ') || 'nothing to do'}`);
  }
  return EXIT.ok;
}
