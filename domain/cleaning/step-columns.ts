import { type CompiledStep, type StepContext, StepError, type WatchedColumn } from './compiled-step.js';
import type { WorkingColumn } from './working-column.js';

/** @throws StepError `missing-column` */
export function findColumn(columns: readonly WorkingColumn[], name: string): WorkingColumn {
  const found = columns.find((column) => column.name === name);
  if (!found) throw new StepError('missing-column', `There is no column "${name}".`, name);
  return found;
}

export const findColumns = (columns: readonly WorkingColumn[], names: readonly string[]): WorkingColumn[] =>
  names.map((name) => findColumn(columns, name));

/** DuckDB does not tell names apart that differ only in case. @throws StepError `name-taken` */
export function assertNames(names: readonly string[]): void {
  const taken = new Set(['__row']);
  for (const name of names) {
    if (name.trim() === '') throw new StepError('bad-value', 'A column needs a name.');
    if (taken.has(name.toLowerCase())) {
      throw new StepError('name-taken', `There would be two columns "${name}".`, name);
    }
    taken.add(name.toLowerCase());
  }
}

export interface ColumnChange {
  sql: string;
  /** Default: as before. */
  type?: string;
}

/** Changes columns in their places. `change` gives undefined for a column that the step leaves as it is. */
export function changeColumns(
  context: StepContext,
  names: readonly string[],
  reason: string,
  change: (column: WorkingColumn, index: number) => ColumnChange | undefined,
  refuses = false,
): CompiledStep {
  const assigns: CompiledStep['assigns'] = [];
  const watched: WatchedColumn[] = [];
  const changed = new Map<string, WorkingColumn>();
  for (const [index, before] of findColumns(context.columns, names).entries()) {
    const to = change(before, index);
    if (!to || changed.has(before.id)) continue;
    const after = { ...before, id: context.nextId(), type: to.type ?? before.type };
    changed.set(before.id, after);
    assigns.push({ id: after.id, sql: to.sql });
    watched.push({ name: before.name, before, after, reason, ...(refuses ? { refuses } : {}) });
  }
  return { columns: context.columns.map((column) => changed.get(column.id) ?? column), assigns, watched };
}

/** The columns stay; rows go. */
export const dropRows = (context: StepContext, drop: string): CompiledStep => ({
  columns: [...context.columns],
  assigns: [],
  watched: [],
  drop,
});
