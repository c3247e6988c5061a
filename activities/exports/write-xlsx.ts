import type { Cell } from '../../contracts/question.js';
import { type FileType, fileType } from '../../domain/export/file-type.js';
import type { Result } from '../../domain/result/result-shape.js';

/** Excel holds numbers as doubles: more digits than this are not certain. */
const MAX_DIGITS = 15;
/** Excel's calendar begins here, and has a day too many in its first year. */
const FIRST_DATE = '1901-01-01';
const FORMATS: Partial<Record<FileType['kind'], string>> = {
  date: 'yyyy-mm-dd',
  timestamp: 'yyyy-mm-dd hh:mm:ss',
};

/**
 * Writes a workbook of one sheet: numbers and dates as such where Excel holds them exactly, everything else as text. A text is
 * never a formula.
 */
export async function writeXlsx(path: string, { columns, rows }: Result): Promise<void> {
  const { default: exceljs } = await import('exceljs');
  const book = new exceljs.stream.xlsx.WorkbookWriter({ filename: path, useStyles: true });
  const sheet = book.addWorksheet('Answer', { views: [{ state: 'frozen', ySplit: 1 }] });
  const types = columns.map((column, index) =>
    fileType(
      column,
      rows.map((row) => row[index] ?? null),
    ),
  );
  sheet.columns = columns.map(({ name }, index) => ({
    width: Math.min(
      60,
      Math.max(10, name.length + 2, ...rows.slice(0, 200).map((row) => String(row[index] ?? '').length + 2)),
    ),
    style: { numFmt: FORMATS[types[index]!.kind] ?? 'General' },
  }));
  const header = sheet.addRow(columns.map(({ name }) => name));
  header.font = { bold: true };
  header.commit();
  for (const row of rows)
    sheet.addRow(columns.map((_, index) => cellOf(row[index] ?? null, types[index]!))).commit();
  sheet.commit();
  await book.commit();
}

function cellOf(cell: Cell, { kind }: FileType): string | number | boolean | Date | null {
  if (cell === null) return null;
  const text = String(cell);
  switch (kind) {
    case 'integer':
    case 'decimal':
      return text.replace(/^[+-]?0*|\D/g, '').length <= MAX_DIGITS ? Number(text) : text;
    case 'double':
    case 'boolean':
      return cell;
    case 'date':
    case 'timestamp': {
      const date = new Date(`${text.replace(' ', 'T')}${kind === 'timestamp' ? 'Z' : ''}`);
      return text < FIRST_DATE || Number.isNaN(date.getTime()) ? text : date;
    }
    case 'timestamptz':
    case 'text':
      return text;
  }
}
