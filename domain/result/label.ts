import type { Cell } from '../../contracts/question.js';

/** `total_revenue_usd` as people read it: `total revenue USD`. */
export function columnLabel(name: string): string {
  const words = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .split(/[\s_]+/)
    .filter(Boolean);
  const label = words.map((word) => (CAPITALS.has(word.toLowerCase()) ? word.toUpperCase() : word)).join(' ');
  return label === '' ? name : label;
}

const CAPITALS = new Set(['usd', 'eur', 'gbp', 'chf', 'jpy', 'id', 'vat', 'url', 'sku', 'gdp']);

/** A category as a picture or a sentence names it. */
export const cellLabel = (cell: Cell): string =>
  cell === null ? '(none)' : cell === '' ? '(empty)' : String(cell);
