import { LIMITS } from '../../../../contracts/limits.js';
import { columnOf, numberText, unescapeText } from '../../../../domain/datasets/xlsx/cell-text.js';
import { tooManyColumns } from '../normalise-file.js';
import { openTextOutput } from '../text-output.js';
import type { Archive } from './open-archive.js';
import type { Workbook } from './open-workbook.js';
import { readXml, type XmlHandlers } from './read-xml.js';

export interface WrittenSheet {
  /** Cells of the widest row. */
  width: number;
  /** Rows with at least one cell. */
  filledRows: number;
  /** All rows that were written have `width` cells. */
  isEven: boolean;
  /** Formulas that were saved without a value: their cells are missing; columns from 0. At most 10,000 are kept. */
  valueless: { line: number; column: number; text: string }[];
}

const MOST_VALUELESS = 10_000;
/** Excel's own last row. A number beyond it is nonsense, and would be written as so many blank lines. */
const MOST_ROWS = 1_048_576;

/**
 * Writes a sheet as CSV in UTF-8, one record for each row of the sheet, so that record numbers are row numbers: commas, double quotes,
 * texts in quotes, missing cells bare. Rows are filled up to `width`.
 * @throws QuaestorError `dataset_unreadable`, `dataset_unpacks_too_large`, `dataset_too_many_columns`
 */
export async function writeSheet(
  archive: Archive,
  workbook: Workbook,
  part: string,
  path: string,
  width: number,
): Promise<WrittenSheet> {
  const result: WrittenSheet = { width: 0, filledRows: 0, isEven: true, valueless: [] };
  const output = await openTextOutput(path);
  let row = 0;
  let cells: string[] = [];
  let cell = { column: -1, type: '', style: 0, value: '', formula: '', isText: false };
  let reading: 'value' | 'formula' | 'text' | undefined;
  let isPhonetic = false;

  const endRow = (): void => {
    if (cells.length > 0) {
      const written = Math.max(width, cells.length);
      if (result.filledRows > 0 && written !== result.width) result.isEven = false;
      result.filledRows += 1;
      result.width = Math.max(result.width, written);
      output.text += cells[0] ?? '';
      for (let column = 1; column < written; column += 1) output.text += `,${cells[column] ?? ''}`;
    }
    output.text += '\n';
  };
  const endCell = (): void => {
    const { column, type, style, value, formula, isText } = cell;
    const hasValue = value !== '' || isText || type === 's' || type === 'inlineStr';
    if (!hasValue) {
      if (formula !== '' && type !== 'str' && result.valueless.length < MOST_VALUELESS) {
        result.valueless.push({ line: row, column, text: `=${formula}` });
      }
      return;
    }
    if (column >= LIMITS.datasetColumns) throw tooManyColumns(column + 1);
    cells[column] = `"${textOf(workbook, { type, style, value }).replaceAll('"', '""')}"`;
  };

  const handlers: XmlHandlers = {
    open: (name, attributes) => {
      if (name === 'row') {
        const next = Number(attributes['r'] ?? row + 1);
        const number = Number.isInteger(next) && next > row && next <= MOST_ROWS ? next : row + 1;
        cells = [];
        for (row += 1; row < number; row += 1) endRow();
      } else if (name === 'c') {
        const column = columnOf(attributes['r'] ?? '') ?? cell.column + 1;
        const style = Number(attributes['s'] ?? 0);
        cell = { column, type: attributes['t'] ?? 'n', style, value: '', formula: '', isText: false };
      } else if (name === 'v') reading = 'value';
      else if (name === 'f') reading = 'formula';
      else if (name === 'rPh') isPhonetic = true;
      else if (name === 't' && !isPhonetic) {
        reading = 'text';
        cell.isText = true;
      }
    },
    text: (piece) => {
      if (reading === 'formula') cell.formula += piece;
      else if (reading !== undefined) cell.value += piece;
    },
    close: (name) => {
      if (name === 'v' || name === 'f' || name === 't') reading = undefined;
      else if (name === 'rPh') isPhonetic = false;
      else if (name === 'c') endCell();
      else if (name === 'row') {
        endRow();
        cells = [];
        cell.column = -1;
      }
    },
  };
  try {
    await readXml(archive.read(part), handlers, async () => {
      if (output.isFull) await output.flush();
    });
    await output.flush();
  } finally {
    await output.close();
  }
  return result;
}

function textOf(workbook: Workbook, cell: { type: string; style: number; value: string }): string {
  switch (cell.type) {
    case 's':
      return workbook.sharedStrings[Number(cell.value)] ?? '';
    case 'str':
    case 'inlineStr':
      return unescapeText(cell.value);
    case 'b':
      return cell.value.trim() === '1' ? 'TRUE' : 'FALSE';
    case 'd':
      return cell.value.replace('T', ' ').replace(/ 00:00:00(?:\.0+)?$/, '');
    case 'e':
      return cell.value;
    default:
      return numberText(cell.value.trim(), workbook.meanings[cell.style] ?? 'number', workbook.is1904);
  }
}
