import type { Cell } from '../../contracts/question.js';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A cell as a number for drawing and comparing, also where it came as a string because JavaScript cannot hold it exactly.
 * Undefined for anything else, infinities included. Never print what this returns: print the cell.
 */
export function toNumber(cell: Cell | undefined): number | undefined {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : undefined;
  if (typeof cell !== 'string') return undefined;
  const text = cell.trim();
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
