import Table from 'cli-table3';
import type { Cell } from '../../contracts/question.js';
import type { Colors } from './colors.js';
import { cutToWidth, formatCount, printable, widthOf } from './text.js';

export interface TableColumn {
  name: string;
  /** Numbers stand on the right. Default left. */
  align?: 'left' | 'right';
}

export interface RenderTableOptions {
  columns: TableColumn[];
  rows: readonly (readonly Cell[])[];
  colors: Colors;
  /** Columns of the terminal; the widest cells are cut until the table fits. Undefined: only `maxCellWidth` holds. */
  terminalWidth?: number | undefined;
  /** Default 60. */
  maxCellWidth?: number;
}

const MIN_CELL_WIDTH = 8;
const NUMERIC =
  /^(int[248]|float[48]|numeric|decimal|money|oid|smallint|integer|bigint|real|double precision)\b/;

/** True for the database types that hold numbers. */
export const isNumericType = (type: string): boolean => NUMERIC.test(type);

/** A table with one line a row. Wide characters line up, long cells end in `…`, null is said. */
export function renderTable(options: RenderTableOptions): string {
  const { columns, rows, colors, maxCellWidth = 60 } = options;
  const texts = rows.map((row) => columns.map((_, index) => cellText(row[index] ?? null)));
  const names = columns.map((column) => printable(column.name));
  const widths = fitWidths(
    names.map((name, index) =>
      Math.min(maxCellWidth, Math.max(widthOf(name), ...texts.map((row) => widthOf(row[index] ?? '')))),
    ),
    options.terminalWidth,
  );
  const cut = (text: string, index: number) => cutToWidth(text, widths[index] ?? maxCellWidth);
  const table = new Table({
    head: names.map((name, index) => colors.bold(cut(name, index))),
    colAligns: columns.map((column) => column.align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1, compact: true },
    chars: LINES,
  });
  for (const [rowIndex, row] of texts.entries()) {
    table.push(
      row.map((text, index) =>
        (rows[rowIndex]?.[index] ?? null) === null ? colors.dim(cut(text, index)) : cut(text, index),
      ),
    );
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** `12 more rows`, or nothing. */
export const moreRows = (hidden: number): string =>
  hidden <= 0 ? '' : `… ${formatCount(hidden)} more row${hidden === 1 ? '' : 's'}`;

const LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  right: '',
  'right-mid': '',
  mid: '─',
  'mid-mid': '┼',
  middle: '│',
};

const cellText = (cell: Cell): string => (cell === null ? 'null' : printable(String(cell)));

/** Takes columns from the widest until the sum fits; none gets narrower than MIN_CELL_WIDTH. */
function fitWidths(widths: number[], terminalWidth: number | undefined): number[] {
  if (terminalWidth === undefined) return widths;
  const fitted = [...widths];
  const frame = fitted.length * 2 + (fitted.length - 1);
  let excess = fitted.reduce((sum, width) => sum + width, frame) - terminalWidth;
  while (excess > 0) {
    const widest = Math.max(...fitted);
    if (widest <= MIN_CELL_WIDTH) break;
    fitted[fitted.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return fitted;
}
