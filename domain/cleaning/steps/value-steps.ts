import type { CleaningStep } from '../../../contracts/cleaning.js';
import { quoteLiteral } from '../../datasets/sql-text.js';
import { type StepDefinition, StepError } from '../compiled-step.js';
import { isMoment } from '../row-condition.js';
import { changeColumns, findColumn, findColumns } from '../step-columns.js';
import {
  isInteger,
  isMissing,
  isNumeric,
  isTemporal,
  isText,
  type WorkingColumn,
} from '../working-column.js';

type Step<Kind extends CleaningStep['kind']> = Extract<CleaningStep, { kind: Kind }>;

export const fillMissing: StepDefinition<Step<'fill-missing'>> = {
  facts: (step, columns) =>
    'statistic' in step.with
      ? findColumns(columns, step.columns).map((column) => {
          const { statistic } = step.with as { statistic: 'median' | 'mode' };
          if (statistic === 'median' && !isNumeric(column.type) && !isTemporal(column.type)) {
            throw new StepError(
              'wrong-type',
              `Text has no median: "${column.name}" is ${column.type}.`,
              column.name,
            );
          }
          return { column, what: statistic };
        })
      : [],
  tables: (step, columns) => {
    if (!('forward' in step.with)) return [];
    const { orderBy } = step.with.forward;
    const order = orderBy === undefined ? {} : { orderBy: findColumn(columns, orderBy) };
    return findColumns(columns, step.columns).map((column) => ({ what: 'forward', column, ...order }));
  },
  compile: (step, context) => ({
    joins: 'forward' in step.with ? context.tables : [],
    ...changeColumns(context, step.columns, 'filled', (column, index) => {
      const value = (): string => {
        if ('constant' in step.with) return constantSql(column, step.with.constant);
        if ('forward' in step.with) return `t${index}.v`;
        const text = context.facts[index]?.[0] ?? null;
        return text === null ? 'NULL' : castText(text, column.type);
      };
      return {
        sql: `CASE WHEN ${isMissing(column)} THEN coalesce(${value()}, ${column.id}) ELSE ${column.id} END`,
      };
    }),
  }),
};

const castText = (text: string, type: string): string => `CAST(${quoteLiteral(text)} AS ${type})`;

function constantSql(column: WorkingColumn, text: string): string {
  const { type, name } = column;
  const fits =
    isText(type) ||
    (isInteger(type) && /^-?\d{1,18}$/.test(text)) ||
    (isNumeric(type) && !isInteger(type) && /^-?\d{1,12}(?:\.\d+)?$/.test(text)) ||
    (isTemporal(type) && isMoment(text)) ||
    (type === 'BOOLEAN' && /^(?:true|false)$/.test(text));
  if (!fits) throw new StepError('bad-value', `"${text}" is no value of "${name}", which is ${type}.`, name);
  return castText(isTemporal(type) ? text.replace('T', ' ') : text, type);
}

const DEFAULT_FENCES = 3;

export const capOutliers: StepDefinition<Step<'cap-outliers'>> = {
  facts: (step, columns) =>
    step.lower === undefined && step.upper === undefined
      ? findColumns(columns, step.columns).map((column) => {
          assertNumeric(column);
          return { column, what: 'quartiles' as const };
        })
      : [],
  compile: (step, context) =>
    changeColumns(context, step.columns, 'beyond_bounds', (column, index) => {
      assertNumeric(column);
      const [lower, upper] = boundsOf(step, context.facts[index]);
      if (lower !== undefined && upper !== undefined && lower > upper) {
        throw new StepError('bad-value', 'The lower bound is above the upper one.', column.name);
      }
      const { id } = column;
      const cases = [
        ...(lower === undefined
          ? []
          : [`WHEN ${id} < ${number(lower)} THEN ${replacement(step.treat, lower, column, Math.ceil)}`]),
        ...(upper === undefined
          ? []
          : [`WHEN ${id} > ${number(upper)} THEN ${replacement(step.treat, upper, column, Math.floor)}`]),
      ];
      return cases.length === 0 ? undefined : { sql: `CASE ${cases.join(' ')} ELSE ${id} END` };
    }),
};

function assertNumeric({ name, type }: WorkingColumn): void {
  if (!isNumeric(type))
    throw new StepError('wrong-type', `The column "${name}" is ${type} and no number.`, name);
}

function boundsOf(
  step: Step<'cap-outliers'>,
  quartiles: readonly (string | null)[] | undefined,
): [number | undefined, number | undefined] {
  if (step.lower !== undefined || step.upper !== undefined) return [step.lower, step.upper];
  const [first, third] = quartiles ?? [];
  // Before the data is looked at, and where it holds nothing.
  if (first === undefined || third === undefined || first === null || third === null)
    return [undefined, undefined];
  const reach = (step.fences ?? DEFAULT_FENCES) * (Number(third) - Number(first));
  // Half the cells alike: everything else would be beyond.
  if (reach === 0) return [undefined, undefined];
  return [Number(first) - reach, Number(third) + reach];
}

const number = (value: number): string => `CAST(${quoteLiteral(String(value))} AS DOUBLE)`;

/** The bound itself, in the column's type, rounded to the inside. */
function replacement(
  treat: 'cap' | 'null',
  bound: number,
  { type }: WorkingColumn,
  inwards: (value: number) => number,
): string {
  if (treat === 'null') return 'NULL';
  const scale = isInteger(type) ? 0 : Number(/^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1] ?? Number.NaN);
  if (Number.isNaN(scale)) return number(bound);
  return castText((inwards(bound * 10 ** scale) / 10 ** scale).toFixed(scale), type);
}
