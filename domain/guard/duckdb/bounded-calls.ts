import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { type DuckDbNode, isNode, nodesOf, textOf } from './tree.js';

/** Items of a series. */
const MAX_ITEMS = 1_000_000;
const MAX_PADDED_CHARS = 1_000;
/** Makers of intervals of which a calendar does not hold too many. */
const LONG_INTERVALS = new Set(['to_hours', 'to_days', 'to_weeks', 'to_months', 'to_quarters', 'to_years']);
const LONG_INTERVAL_TEXT = /^\s*[1-9]\d{0,5}\s*(hour|day|week|month|quarter|year)s?\s*$/i;

/**
 * Refuses a call that could make very much out of little: a series of numbers with other bounds than constants or too many of them, a
 * series of times in steps below an hour, a text that is padded to a length that no constant says.
 * @throws QuaestorError `sql_too_expensive`
 */
export function assertBounded(name: string, { children }: DuckDbNode): void {
  const list = nodesOf(children);
  if (name === 'lpad' || name === 'rpad') {
    const length = numberOf(list[1]);
    if (length === undefined || length > MAX_PADDED_CHARS)
      throw tooMuch(`${name} takes a constant length of at most ${MAX_PADDED_CHARS} here.`);
    return;
  }
  if (list.length === 3 && isLongInterval(list[2]!)) return;
  const bounds = list.map(numberOf);
  const [first = 0, second, step = 1] = bounds;
  const from = second === undefined ? 0 : first;
  const to = second ?? first;
  if (bounds.includes(undefined) || step === 0 || Math.abs((to - from) / step) > MAX_ITEMS)
    throw tooMuch(
      `${name} takes constant numbers with at most ${MAX_ITEMS} items, or times in steps of an hour or more.`,
    );
}

const tooMuch = (message: string): QuaestorError => new QuaestorError('sql_too_expensive', message);

/** The value of a constant number, with or without a sign. */
function numberOf(node: DuckDbNode | undefined): number | undefined {
  if (!node) return undefined;
  if (node['class'] === 'FUNCTION' && node['function_name'] === '-') {
    const [operand, more] = nodesOf(node['children']);
    const value = more ? undefined : numberOf(operand);
    return value === undefined ? undefined : -value;
  }
  if (node['class'] !== 'CONSTANT' || !isNode(node['value'])) return undefined;
  const { type, value } = node['value'];
  const isNumber = isNode(type) && /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(textOf(type['id']));
  return isNumber && (typeof value === 'number' || typeof value === 'string') ? Number(value) : undefined;
}

function isLongInterval(node: DuckDbNode): boolean {
  const child = node['child'];
  if (node['class'] === 'CAST' && isNode(child) && isNode(node['cast_type'])) {
    const text = isNode(child['value']) ? textOf(child['value']['value']) : '';
    return node['cast_type']['id'] === 'INTERVAL' && LONG_INTERVAL_TEXT.test(text);
  }
  if (node['class'] !== 'FUNCTION' || !LONG_INTERVALS.has(textOf(node['function_name']))) return false;
  const value = numberOf(withoutCasts(nodesOf(node['children'])[0]));
  return value !== undefined && value >= 1;
}

/** `INTERVAL 1 DAY` is `to_days(CAST(trunc(CAST(1 AS DOUBLE)) AS INTEGER))`. */
function withoutCasts(node: DuckDbNode | undefined): DuckDbNode | undefined {
  let at = node;
  for (;;) {
    if (at?.['class'] === 'CAST' && isNode(at['child'])) at = at['child'];
    else if (at?.['class'] === 'FUNCTION' && at['function_name'] === 'trunc') at = nodesOf(at['children'])[0];
    else return at;
  }
}
