import { CLEANING_LIMITS, type RowCondition } from '../../contracts/cleaning.js';
import { quoteLiteral } from '../datasets/sql-text.js';
import { StepError } from './compiled-step.js';
import { findColumn } from './step-columns.js';
import { asText, isMissing, isNumeric, isTemporal, isText, type WorkingColumn } from './working-column.js';

const SIGNS = {
  'equal-to': '=',
  'not-equal-to': '<>',
  'less-than': '<',
  'at-most': '<=',
  'greater-than': '>',
  'at-least': '>=',
} as const;

/** A condition as SQL that is never NULL: of a missing cell no comparison is true. @throws StepError */
export function conditionSql(condition: RowCondition, columns: readonly WorkingColumn[], depth = 1): string {
  if (depth > CLEANING_LIMITS.conditionDepth)
    throw new StepError('bad-value', 'The condition is nested too deeply.');
  const join = (parts: readonly RowCondition[], word: string): string => {
    if (parts.length === 0) throw new StepError('bad-value', 'A condition of no parts says nothing.');
    return `(${parts.map((part) => conditionSql(part, columns, depth + 1)).join(` ${word} `)})`;
  };
  if ('all' in condition) return join(condition.all, 'AND');
  if ('any' in condition) return join(condition.any, 'OR');
  const column = findColumn(columns, condition.column);
  switch (condition.is) {
    case 'missing':
      return isMissing(column);
    case 'not-missing':
      return `(NOT ${isMissing(column)})`;
    case 'one-of':
    case 'not-one-of': {
      const list = condition.values.map((value) => quoteLiteral(String(value))).join(', ');
      if (list === '') throw new StepError('bad-value', 'A list of no values says nothing.', column.name);
      const word = condition.is === 'one-of' ? 'IN' : 'NOT IN';
      return `coalesce(${asText(column)} ${word} (${list}), false)`;
    }
    case 'contains':
      return `coalesce(contains(${asText(column)}, ${quoteLiteral(condition.text)}), false)`;
    case 'starts-with':
      return `coalesce(starts_with(${asText(column)}, ${quoteLiteral(condition.text)}), false)`;
    case 'ends-with':
      return `coalesce(ends_with(${asText(column)}, ${quoteLiteral(condition.text)}), false)`;
    default:
      return `coalesce(${column.id} ${SIGNS[condition.is]} ${valueSql(column, condition.value)}, false)`;
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?$/;

export const isMoment = (text: string): boolean =>
  (DAY.test(text) || MOMENT.test(text)) &&
  isRealDay(text.slice(0, 10)) &&
  !Number.isNaN(Date.parse(text.replace(' ', 'T')));

/** Date.parse takes 30 February. */
const isRealDay = (day: string): boolean => {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
};

/** A value to compare a column with. @throws StepError `bad-value` where it is of another kind */
function valueSql(column: WorkingColumn, value: string | number | boolean): string {
  const { type, name } = column;
  const unfit = (what: string): StepError =>
    new StepError('bad-value', `The column "${name}" is ${type}; "${value}" is no ${what}.`, name);
  if (isText(type)) return quoteLiteral(String(value));
  if (isNumeric(type)) {
    const text = String(value).trim();
    if (typeof value === 'boolean' || !/^-?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i.test(text)) throw unfit('number');
    return `CAST(${quoteLiteral(text)} AS ${/e/i.test(text) ? 'DOUBLE' : 'DECIMAL(38,6)'})`;
  }
  if (isTemporal(type)) {
    if (typeof value !== 'string' || !isMoment(value)) throw unfit('date (2024-12-31, or with a time)');
    return `CAST(${quoteLiteral(value.replace('T', ' '))} AS TIMESTAMP)`;
  }
  if (type === 'BOOLEAN') {
    if (typeof value !== 'boolean') throw unfit('true or false');
    return String(value);
  }
  throw new StepError('wrong-type', `The column "${name}" is ${type}, which cannot be compared.`, name);
}
