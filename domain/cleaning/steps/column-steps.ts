import type { CleaningStep } from '../../../contracts/cleaning.js';
import { quoteLiteral } from '../../datasets/sql-text.js';
import { type StepDefinition, StepError } from '../compiled-step.js';
import { assertNames, findColumn, findColumns } from '../step-columns.js';
import { asText, type WorkingColumn } from '../working-column.js';

type Step<Kind extends CleaningStep['kind']> = Extract<CleaningStep, { kind: Kind }>;

const without = (columns: readonly WorkingColumn[], gone: readonly WorkingColumn[]): WorkingColumn[] =>
  columns.filter((column) => !gone.includes(column));

export const dropColumns: StepDefinition<Step<'drop-columns'>> = {
  compile: (step, context) => {
    const gone = findColumns(context.columns, step.columns);
    const columns = without(context.columns, gone);
    if (columns.length === 0) throw new StepError('bad-value', 'No column would be left.');
    const watched = gone.map((before) => ({
      name: before.name,
      before,
      after: null,
      reason: 'column_dropped',
    }));
    return { columns, assigns: [], watched };
  },
};

export const renameColumns: StepDefinition<Step<'rename-columns'>> = {
  compile: (step, context) => {
    const names = new Map(step.names.map(({ from, to }) => [findColumn(context.columns, from).id, to]));
    const columns = context.columns.map((column) => ({
      ...column,
      name: names.get(column.id) ?? column.name,
    }));
    assertNames(columns.map(({ name }) => name));
    return { columns, assigns: [], watched: [] };
  },
};

export const reorderColumns: StepDefinition<Step<'reorder-columns'>> = {
  compile: (step, context) => {
    const first = [...new Set(findColumns(context.columns, step.columns))];
    return { columns: [...first, ...without(context.columns, first)], assigns: [], watched: [] };
  },
};

export const splitColumn: StepDefinition<Step<'split-column'>> = {
  compile: (step, context) => {
    const source = findColumn(context.columns, step.column);
    const text = asText(source);
    const mark = quoteLiteral(step.delimiter);
    const parts = step.into.map((name, index) => {
      const after: WorkingColumn = { id: context.nextId(), name, type: 'VARCHAR' };
      const list = `string_split(${text}, ${mark})`;
      const isLast = index === step.into.length - 1;
      const rest = `CASE WHEN len(${list}) > ${index} THEN array_to_string(${list}[${index + 1}:], ${mark}) END`;
      return { after, sql: isLast ? rest : `${list}[${index + 1}]` };
    });
    const added = parts.map(({ after }) => after);
    const columns = context.columns.flatMap((column) =>
      column === source ? [...(step.keepSource ? [source] : []), ...added] : [column],
    );
    assertNames(columns.map(({ name }) => name));
    return {
      columns,
      assigns: parts.map(({ after, sql }) => ({ id: after.id, sql })),
      watched: added.map((after) => ({ name: after.name, before: null, after, reason: 'split' })),
    };
  },
};

export const mergeColumns: StepDefinition<Step<'merge-columns'>> = {
  compile: (step, context) => {
    const sources = findColumns(context.columns, step.columns);
    const after: WorkingColumn = { id: context.nextId(), name: step.into, type: 'VARCHAR' };
    const texts = sources.map(asText).join(', ');
    const isNothing = sources.map(({ id }) => `${id} IS NULL`).join(' AND ');
    const kept = step.keepSources ? [] : sources;
    const columns = context.columns.flatMap((column) => {
      const own = kept.includes(column) ? [] : [column];
      return column === sources[0] ? [...own, after] : own;
    });
    assertNames(columns.map(({ name }) => name));
    const sql = `CASE WHEN ${isNothing} THEN NULL ELSE concat_ws(${quoteLiteral(step.separator)}, ${texts}) END`;
    return {
      columns,
      assigns: [{ id: after.id, sql }],
      watched: [{ name: step.into, before: null, after, reason: 'merged' }],
    };
  },
};
