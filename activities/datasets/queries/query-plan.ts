import type { QueryPlan } from '../../data-sources/connector.js';
import { shownPlan } from '../../data-sources/shown-plan.js';

interface PlanNode {
  name?: unknown;
  children?: unknown;
  extra_info?: unknown;
}

/** Joins that hold each row of one side against each of the other; DuckDB estimates what they give, not what they do. */
const PAIRWISE = /^(CROSS_PRODUCT|NESTED_LOOP_JOIN|BLOCKWISE_NL_JOIN)$/;

/**
 * Price of `EXPLAIN (FORMAT json)`: the cost is the number of rows that all steps handle together, as DuckDB estimates them. What a
 * recursive query does is not in it; the wall clock ends those.
 */
export function readDuckDbPlan(json: string): QueryPlan {
  const tree: unknown = JSON.parse(json);
  const [root] = Array.isArray(tree) ? (tree as PlanNode[]) : [tree as PlanNode];
  const { cost, rows } = walk(root);
  return { estimatedCost: Math.round(cost), estimatedRows: Math.round(rows), ...shownPlan(tree) };
}

function walk(node: PlanNode | undefined): { rows: number; cost: number } {
  if (typeof node !== 'object' || node === null) return { rows: 0, cost: 0 };
  const children = (Array.isArray(node.children) ? (node.children as PlanNode[]) : []).map(walk);
  const info = (node.extra_info ?? {}) as Record<string, unknown>;
  const estimated = Number(info['Estimated Cardinality']);
  const largest = Math.max(0, ...children.map(({ rows }) => rows));
  const pairs = children.reduce((product, { rows }) => product * Math.max(1, rows), 1);
  const isPairwise = PAIRWISE.test(String(node.name));
  const rows =
    Number.isFinite(estimated) && info['Estimated Cardinality'] !== undefined
      ? estimated
      : isPairwise
        ? pairs
        : largest;
  const own = isPairwise ? Math.max(pairs, rows) : rows;
  return { rows, cost: own + children.reduce((sum, { cost }) => sum + cost, 0) };
}
