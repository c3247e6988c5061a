import type { AnswerWarning } from '../../contracts/presentation.js';
import type { SampledValues } from '../../contracts/schema-registry.js';
import type { ResultShape } from '../result/result-shape.js';
import { toNumber } from '../result/to-number.js';
import { findFanOut } from './fan-out.js';
import { findIntegerDivision } from './integer-division.js';
import { findMissingValues } from './missing-values.js';
import { findMixedUnits } from './mixed-units.js';
import { findPartialPeriod } from './partial-period.js';
import type { SelectShape } from './query-shape.js';
import { findStoredTotals, findSubtotalRows } from './subtotals.js';

export interface WarningInput {
  result: ResultShape;
  /** Of the query that gave the result; empty where it could not be read, and then only the rows are looked at. */
  shapes: readonly SelectShape[];
  values: SampledValues;
  /** `YYYY-MM-DD` in UTC. */
  today: string;
  /** Whether `/` between whole numbers gives a whole number: Postgres yes, MySQL no. */
  dividesWhole: boolean;
  /** What `sayLossyJoins` says. Default: none. */
  joinsLeavingOut?: readonly AnswerWarning[];
  /** What `sayNullsLeftOut` says. Default: none. */
  nullsLeftOut?: readonly AnswerWarning[];
  /** What `sayTiesCutOff` says. Default: none. */
  tiesCutOff?: readonly AnswerWarning[];
  /** Tables read that hold only the first rows of what they are the answer to. Default: none. */
  cutOff?: readonly string[];
}

/** One answer is not shown with more than this. */
const MAX_WARNINGS = 6;

/** What a careful analyst would say of a result before anyone relies on it, the gravest first; nothing is said twice. */
export function collectWarnings(input: WarningInput): AnswerWarning[] {
  const { result, shapes, values } = input;
  const isEmpty = isEmptyResult(result);
  const each = (find: (shape: SelectShape) => AnswerWarning[]) => shapes.flatMap(find);
  const missing = isEmpty ? each((shape) => findMissingValues(shape, values)) : [];
  const found: AnswerWarning[] = [
    ...(result.truncated ? [truncated(result)] : []),
    ...(input.cutOff ?? []).map(cutOff),
    ...missing,
    ...(result.rows.length === 0 && missing.length === 0 ? [EMPTY] : []),
    ...each(findFanOut),
    ...(input.tiesCutOff ?? []),
    ...(input.joinsLeavingOut ?? []),
    ...each((shape) => findMixedUnits(shape, values)),
    ...findSubtotalRows(shapes, result),
    ...each((shape) => findStoredTotals(shape, values)),
    ...(input.dividesWhole ? each(findIntegerDivision) : []),
    ...findPartialPeriod(result, input.today),
    ...(isEmpty ? [] : (input.nullsLeftOut ?? [])),
  ];
  const messages = new Set<string>();
  return found
    .filter(({ message }) => !messages.has(message) && messages.add(message))
    .slice(0, MAX_WARNINGS);
}

const truncated = ({ rows }: ResultShape): AnswerWarning => ({
  code: 'truncated',
  message: 'There are more rows than are kept: chart and words speak of those that are kept.',
  details: { rows: rows.length },
});

const cutOff = (table: string): AnswerWarning => ({
  code: 'truncated',
  message: `${table} has only the first rows of the answer that it is: what was counted or added up of it is too little.`,
  details: { table },
});

const EMPTY: AnswerWarning = { code: 'empty_result', message: 'No row fits the question as it was read.' };

/** No rows, or one row of nothing but zeros and empty cells. */
function isEmptyResult({ rows }: ResultShape): boolean {
  const [row, more] = rows;
  if (!row) return true;
  return more === undefined && row.every((cell) => cell === null || toNumber(cell) === 0);
}
