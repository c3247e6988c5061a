import { createRandom } from '../../examples/sample-company/generator/random.js';
import type { SourceTable } from './source-tables.js';

/** A spoiled file and what it should be read as: header records first, then the data records. */
export interface PollutedFile {
  /** Without its ending; the part after the table's name says the pollution. */
  name: string;
  bytes: Buffer;
  clean: string[][];
}

interface Style {
  delimiter: string;
  quote: string;
  escape: 'doubled' | 'backslash' | 'none';
  recordEnd: string;
  quoteAll: boolean;
}

const STANDARD: Style = { delimiter: ',', quote: '"', escape: 'doubled', recordEnd: '\r\n', quoteAll: true };

function writeCell(cell: string, style: Style): string {
  const needs =
    style.quoteAll ||
    cell.includes(style.delimiter) ||
    cell.includes(style.quote) ||
    /[\r\n]|^ | $/.test(cell);
  // A bare delimiter of two characters is also cut by its first one.
  const needsToo = style.delimiter.length > 1 && cell.includes(style.delimiter.charAt(0));
  if (!needs && !needsToo) return cell;
  const escaped =
    style.escape === 'none'
      ? cell
      : cell.replaceAll(style.quote, (style.escape === 'doubled' ? style.quote : '\\') + style.quote);
  return style.quote + escaped + style.quote;
}

const writeRow = (row: readonly string[], style: Style): string =>
  row.map((cell) => writeCell(cell, style)).join(style.delimiter);

const writeRows = (rows: readonly (readonly string[])[], style: Style): string =>
  rows.map((row) => writeRow(row, style) + style.recordEnd).join('');

/** Every pollution of Pollock's published list (Vitagliano et al., VLDB 2023) and some more, for one table. */
export function polluteTable(table: SourceTable, seed: number): PollutedFile[] {
  const random = createRandom(seed, table.name);
  const style: Style = { ...STANDARD, quoteAll: table.quoteAll };
  const rows = [table.header, ...table.rows];
  const width = table.header.length;
  const files: PollutedFile[] = [];
  const add = (pollution: string, content: string | Buffer, clean: string[][]): void => {
    files.push({ name: `${table.name}__${pollution}`, bytes: Buffer.from(content), clean });
  };
  const restyled = (pollution: string, changes: Partial<Style>): void =>
    add(pollution, writeRows(rows, { ...style, ...changes }), rows);

  add('source', writeRows(rows, style), rows);
  add('file_no_payload', '', []);
  add('file_no_trailing_newline', writeRows(rows, style).trimEnd(), rows);
  add('file_double_trailing_newline', `${writeRows(rows, style)}\r\n`, rows);
  add('file_no_header', writeRows(table.rows, style), table.rows);
  for (const extra of [2, 3]) {
    const more = Array.from({ length: extra - 1 }, (_, index) =>
      table.header.map((name) => `${['unit', 'part'][index]} of ${name}`),
    );
    add(`file_header_multirow_${extra}`, writeRows([table.header, ...more, ...table.rows], style), [
      table.header,
      ...more,
      ...table.rows,
    ]);
  }
  add('file_header_only', writeRows([table.header], style), [table.header]);
  add('file_one_data_row', writeRows(rows.slice(0, 2), style), rows.slice(0, 2));
  add(
    'file_preamble',
    `Report of ${table.name}\r\nGenerated on 3 May, all rights reserved\r\n\r\n${writeRows(rows, style)}`,
    rows,
  );
  const wide = [`Report of ${table.name}`, ...Array.from({ length: width - 1 }, () => '')];
  add('file_preamble_delimited', writeRows([wide, wide.map(() => ''), ...rows], style), rows);
  add('file_footer', `${writeRows(rows, style)}\r\nSource: the bureau of ${table.name}, 2024\r\n`, rows);
  const second = (columns: number): string[][] => [
    Array.from({ length: columns }, (_, index) => `measure ${'abcdefghijkl'.charAt(index)}`),
    ...Array.from({ length: 12 }, () => Array.from({ length: columns }, () => String(random.int(1, 9_999)))),
  ];
  for (const [kind, columns] of [
    ['less', width + 2],
    ['more', width - 1],
    ['same', width],
  ] as const) {
    const other = second(columns);
    add(`file_multitable_${kind}`, `${writeRows(rows, style)}\r\n${writeRows(other, style)}`, [
      ...rows,
      ...other,
    ]);
  }
  restyled('file_record_delimiter_0xA', { recordEnd: '\n' });
  restyled('file_record_delimiter_0xD', { recordEnd: '\r' });
  restyled('file_field_delimiter_0x3B', { delimiter: ';' });
  restyled('file_field_delimiter_0x9', { delimiter: '\t' });
  restyled('file_field_delimiter_0x7C', { delimiter: '|' });
  restyled('file_field_delimiter_0x20', { delimiter: ' ' });
  restyled('file_field_delimiter_0x2C_0x20', { delimiter: ', ' });
  restyled('file_quotation_char_0x27', { quote: "'" });
  restyled('file_escape_char_0x5C', { escape: 'backslash' });
  restyled('file_escape_char_0x00', { escape: 'none' });
  const text = writeRows(rows, style);
  add(
    'file_encoding_utf16le',
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
    rows,
  );
  add('file_encoding_bom', `\ufeff${text}`, rows);
  const latin = rows.map((row) => row.map((cell) => cell.replaceAll(/[^\0-ÿ]/g, '?')));
  add('file_encoding_latin1', Buffer.from(writeRows(latin, style), 'latin1'), latin);

  const lines = rows.map((row) => row.map((cell) => writeCell(cell, style)));
  const withRow = (index: number, line: string): string =>
    lines.map((cells, at) => (at === index ? line : cells.join(style.delimiter)) + style.recordEnd).join('');
  const cleanWith = (index: number, cells: string[]): string[][] =>
    rows.map((row, at) => (at === index ? cells : row));
  for (const index of new Set([0, 1, 2, Math.floor(rows.length / 2), rows.length - 1])) {
    const cells = lines[index] ?? [];
    const values = rows[index] ?? [];
    for (let column = 0; column < width; column += 1) {
      const at = `row${index}_col${column}`;
      const more = [...cells.slice(0, column), '', ...cells.slice(column)];
      add(
        `row_more_sep_${at}`,
        withRow(index, more.join(style.delimiter)),
        cleanWith(index, [...values.slice(0, column), '', ...values.slice(column)]),
      );
      if (column > 0) {
        const glued = (cells[column - 1] ?? '') + (cells[column] ?? '');
        const less = [...cells.slice(0, column - 1), glued, ...cells.slice(column + 1)];
        // Two quoted cells without a delimiter are one cell with a doubled quote in it.
        const isQuoted = glued.startsWith('"') && glued.endsWith('"');
        const value = isQuoted ? glued.slice(1, -1).replaceAll('""', '"') : glued;
        add(
          `row_less_sep_${at}`,
          withRow(index, less.join(style.delimiter)),
          cleanWith(index, [...values.slice(0, column - 1), value, ...values.slice(column + 1)]),
        );
      }
      const cell = cells[column] ?? '';
      if (!cell.startsWith('"')) continue;
      const quoted = [...cells.slice(0, column), `"${cell}`, ...cells.slice(column + 1)];
      add(
        `row_extra_quote_${at}`,
        withRow(index, quoted.join(style.delimiter)),
        cleanWith(index, [...values.slice(0, column), `"${values[column]}`, ...values.slice(column + 1)]),
      );
    }
    add(
      `row_field_delimiter_${index}_0x20`,
      withRow(index, writeRow(values, { ...style, delimiter: ' ' })),
      rows,
    );
    add(
      `row_field_delimiter_${index}_0x3B`,
      withRow(index, writeRow(values, { ...style, delimiter: ';' })),
      rows,
    );
    add(
      `row_record_delimiter_${index}_0xA`,
      lines.map((row, at) => row.join(style.delimiter) + (at === index ? '\n' : '\r\n')).join(''),
      rows,
    );
  }
  return files;
}
