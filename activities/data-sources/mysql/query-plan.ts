import type { QueryPlan } from '../connector.js';

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
};

/** What MySQL's planner takes for looking at one row and for reading one from its place; about the same as one unit of its cost. */
const COST_OF_ROW = 0.2;

/**
 * Cost and rows of `EXPLAIN FORMAT=JSON`.
 *
 * The cost is the server's own total where it gives one: MySQL in `query_cost`, MariaDB since 11.0 in `cost`. Older MariaDB
 * gives none: then it is estimated as the rows that all steps look at, each for each row of the steps before it, times 0.2, which
 * is MySQL's price of a row. The rows are those of the outermost block.
 */
export function readPlan(explained: unknown): QueryPlan {
  const root = isJson(explained) ? explained : {};
  const block = isJson(root['query_block']) ? root['query_block'] : root;
  const walked = walk(block);
  const total = numberOf(root['cost']) ?? ownCost(block);
  return {
    estimatedCost: total ?? Math.round(walked.looked * COST_OF_ROW * 100) / 100,
    estimatedRows: Math.max(1, Math.round(walked.rows)),
  };
}

function ownCost(block: Json): number | undefined {
  const info = isJson(block['cost_info']) ? block['cost_info'] : {};
  return numberOf(info['query_cost']) ?? numberOf(block['cost']) ?? numberOf(block['estimated_total_cost']);
}

interface Walked {
  /** Rows that come out. */
  rows: number;
  /** Rows looked at on the way. */
  looked: number;
}

/** One block, or a part of one: tables in `nested_loop` multiply, everything else that is nested adds what it looks at. */
function walk(node: unknown): Walked {
  if (Array.isArray(node)) {
    const parts = node.map(walk);
    return { rows: sum(parts.map(({ rows }) => rows)), looked: sum(parts.map(({ looked }) => looked)) };
  }
  if (!isJson(node)) return { rows: 0, looked: 0 };
  let rows = 0;
  let looked = 0;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'nested_loop' && Array.isArray(value)) {
      let prefix = 1;
      for (const step of value as unknown[]) {
        const part = walk(step);
        looked += prefix * part.looked;
        prefix *= Math.max(part.rows, Number.MIN_VALUE);
      }
      rows = Math.max(rows, prefix);
    } else if (key === 'table' && isJson(value)) {
      const table = readTable(value);
      rows = Math.max(rows, table.rows);
      looked += table.looked;
    } else if (isJson(value) || Array.isArray(value)) {
      const part = walk(value);
      // Sub-queries of conditions look at rows, but none of them come out here.
      if (key !== 'subqueries' && key !== 'expression_cache') rows = Math.max(rows, part.rows);
      looked += part.looked;
    }
  }
  return { rows, looked };
}

function readTable(table: Json): Walked {
  const scanned =
    numberOf(table['rows']) ?? numberOf(table['rows_examined_per_scan']) ?? (table['message'] ? 0 : 1);
  const share = Math.min(100, numberOf(table['filtered']) ?? 100) / 100;
  const inner = Object.entries(table)
    .filter(([, value]) => isJson(value))
    .map(([, value]) => walk(value));
  return { rows: scanned * share, looked: scanned + sum(inner.map(({ looked }) => looked)) };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
