import type { QuerySettings } from '../../contracts/data-source.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { QueryPlan } from '../data-sources/connector.js';

/** Cost and rows, without the plan itself. */
export const priceOf = ({ estimatedCost, estimatedRows }: QueryPlan) => ({ estimatedCost, estimatedRows });

/**
 * Refuses a query that EXPLAIN puts above the limits of its data source; 0 is no limit.
 * @throws QuaestorError `sql_too_expensive`, with the price, the limits and the plan in its details
 */
export function assertPrice(plan: QueryPlan, { maxCost = 0, maxRows = 0 }: QuerySettings): void {
  const { estimatedCost, estimatedRows } = plan;
  const over: string[] = [];
  if (maxCost > 0 && estimatedCost > maxCost)
    over.push(`at a cost of ${Math.round(estimatedCost)}; at most ${maxCost} is allowed`);
  if (maxRows > 0 && estimatedRows > maxRows)
    over.push(`at ${Math.round(estimatedRows)} rows; at most ${maxRows} are allowed`);
  if (over.length === 0) return;
  throw new QuaestorError('sql_too_expensive', `EXPLAIN puts the query ${over.join(', and ')}.`, {
    details: { ...priceOf(plan), maxCost, maxRows, ...(plan.explained ? { plan: plan.explained } : {}) },
  });
}
