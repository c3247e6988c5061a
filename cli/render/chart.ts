import type { Chart } from '../../contracts/presentation.js';
import type { Cell } from '../../contracts/question.js';
import { cutToWidth, printable, widthOf } from './text.js';

const MAX_LABEL_WIDTH = 30;
const BAR_WIDTH = 40;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A chart of one amount as bars of text, one line a row. Undefined for what lines of text cannot show (several amounts, pairs,
 * clouds), for amounts below zero, and where rows are missing.
 */
export function renderTextChart(chart: Chart, rows: readonly (readonly Cell[])[]): string | undefined {
  const { x, y, series } = chart.columns;
  const [measure] = y;
  if ((chart.kind !== 'bar' && chart.kind !== 'line') || y.length !== 1 || series !== undefined)
    return undefined;
  const amounts = rows.map((row) => Number(row[measure!] ?? Number.NaN));
  const largest = Math.max(0, ...amounts.filter(Number.isFinite));
  if (rows.length < 2 || largest === 0 || amounts.some((amount) => amount < 0)) return undefined;
  const labels = rows.map((row) => cutToWidth(printable(labelOf(row[x])), MAX_LABEL_WIDTH));
  const width = Math.max(...labels.map(widthOf));
  return rows
    .map((row, index) => {
      const label = labels[index]! + ' '.repeat(width - widthOf(labels[index]!));
      const amount = row[measure!] ?? null;
      return ` ${label} │${bar(amounts[index]! / largest)} ${amount === null ? '' : printable(shortAmount(amount))}`.trimEnd();
    })
    .join('\n');
}

/** Midnight in UTC is a date. */
const labelOf = (cell: Cell | undefined): string =>
  cell === null || cell === undefined
    ? '(none)'
    : cell === ''
      ? '(empty)'
      : String(cell).replace(/ 00:00:00(\+00)?$/, '');

/** The rows above have every digit; beside a bar two behind the point are enough. */
const shortAmount = (amount: Cell): string =>
  String(amount).replace(/^(-?\d+)\.(\d{3,})$/, () =>
    Math.abs(Number(amount)) < 1 ? String(Number(Number(amount).toPrecision(3))) : Number(amount).toFixed(2),
  );

function bar(share: number): string {
  if (!Number.isFinite(share)) return '';
  const eighths = Math.round(share * BAR_WIDTH * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}
