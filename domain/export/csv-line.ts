import type { Cell } from '../../contracts/question.js';

const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;
/** What spreadsheets take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r\n]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * One line of CSV after RFC 4180, with CRLF. Null is the empty field, the empty text `""`. With `escapeFormulas` texts that a
 * spreadsheet would run get an apostrophe in front; numbers stay as they are.
 */
export const csvLine = (cells: readonly Cell[], options: { escapeFormulas?: boolean } = {}): string =>
  `${cells.map((cell) => csvField(cell, options.escapeFormulas ?? false)).join(',')}\r\n`;

function csvField(cell: Cell, escapesFormulas: boolean): string {
  if (cell === null) return '';
  const text = String(cell);
  const isFormula = escapesFormulas && FORMULA.test(text) && !NUMBER.test(text);
  const safe = isFormula ? `'${text}` : text;
  return safe === '' || NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
