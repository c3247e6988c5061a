import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Workbook } from 'exceljs';
import { type IngestedFile, ingestFile } from '../../../activities/datasets/ingest/ingest-file.js';
import type { DatasetOverride } from '../../../contracts/dataset.js';
import { numberMeaning, numberText } from '../../../domain/datasets/xlsx/cell-text.js';
import { createScratch, type Scratch } from '../../support/scratch.js';
import { workbookOf, zipFile } from '../../support/zip-file.js';

describe('workbooks', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await createScratch();
    await scratch.pool.warmUp(1);
  });
  afterAll(async () => await scratch.remove());

  const ingest = async (content: Buffer, override?: DatasetOverride): Promise<IngestedFile> => {
    const path = join(scratch.folder, 'file');
    await writeFile(path, content);
    return await ingestFile(scratch.pool, {
      path,
      folder: scratch.folder,
      timeoutMs: 600_000,
      ...(override ? { override } : {}),
    });
  };
  const query = async (sql: string): Promise<unknown[][]> => {
    const views = {
      data: join(scratch.folder, 'data.parquet'),
      rejects: join(scratch.folder, 'rejects.parquet'),
    };
    return (await scratch.pool.withSession({ timeoutMs: 60_000, views }, (session) => session.all(sql))).rows;
  };

  it('keeps numbers, dates, times, texts, booleans and what formulas came to', async () => {
    const book = new Workbook();
    const sheet = book.addWorksheet('Orders');
    sheet.addRow(['code', 'amount', 'ordered', 'at', 'paid', 'twice', 'note']);
    sheet.addRow([
      '007',
      0.1,
      new Date('2024-02-29'),
      new Date('2024-02-29T13:45:10Z'),
      true,
      null,
      'a "b", c\nd',
    ]);
    sheet.addRow([
      '042',
      1234.5,
      new Date('1899-12-31'),
      new Date('2025-01-01T00:00:01Z'),
      false,
      null,
      ' kept ',
    ]);
    for (const row of [2, 3]) {
      sheet.getCell(row, 3).numFmt = 'dd/mm/yyyy';
      sheet.getCell(row, 4).numFmt = 'yyyy-mm-dd hh:mm:ss';
      sheet.getCell(row, 6).value = { formula: `B${row}*2`, result: row === 2 ? 0.2 : 2469 };
    }
    sheet.getCell(2, 7).value = { richText: [{ text: 'a "b", ' }, { text: 'c\nd', font: { bold: true } }] };
    sheet.getCell(3, 3).value = new Date('2023-03-01');
    const read = await ingest(Buffer.from(await book.xlsx.writeBuffer()));
    expect(read.reading).toMatchObject({ format: 'xlsx', sheet: 'Orders', headerRows: 1 });
    expect(read.columns.map(({ type }) => type)).toEqual([
      'VARCHAR',
      'DECIMAL(18,1)',
      'DATE',
      'TIMESTAMP',
      'BOOLEAN',
      'DECIMAL(18,1)',
      'VARCHAR',
    ]);
    expect(await query('SELECT * FROM data ORDER BY __row')).toEqual([
      ['007', '0.1', '2024-02-29', '2024-02-29 13:45:10', true, '0.2', 'a "b", c\nd', 1],
      ['042', '1234.5', '2023-03-01', '2025-01-01 00:00:01', false, '2469.0', ' kept ', 2],
    ]);
  });

  it('reads the first visible sheet with cells, and any other by its name', async () => {
    const book = new Workbook();
    book.addWorksheet('Secret', { state: 'hidden' }).addRow(['hidden']);
    book.addWorksheet('Empty');
    book.addWorksheet('Prices').addRows([
      ['item', 'price'],
      ['hat', 3],
    ]);
    book.addWorksheet('Other').addRows([
      ['city', 'people'],
      ['Oslo', 717710],
      ['Rome', 2748109],
    ]);
    const file = Buffer.from(await book.xlsx.writeBuffer());
    const sheets = [
      { name: 'Secret', isHidden: true },
      { name: 'Empty', isHidden: false },
      { name: 'Prices', isHidden: false },
      { name: 'Other', isHidden: false },
    ];
    expect((await ingest(file)).reading).toMatchObject({ sheet: 'Prices', sheets });
    expect(await ingest(file, { sheet: 'Other' })).toMatchObject({
      rowCount: 2,
      reading: { sheet: 'Other' },
    });
    await expect(ingest(file, { sheet: 'Missing' })).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: expect.stringContaining('"Prices"') as unknown,
    });
    await expect(ingest(file, { sheet: 'Empty' })).rejects.toMatchObject({ code: 'dataset_empty' });
  });

  it('tells rows by their number in the sheet, notes above the table and blank rows included', async () => {
    const rows = [
      '<row r="1"><c r="A1" t="inlineStr"><is><t>Report of the year</t></is></c></row>',
      '<row r="3"><c r="A3" t="str"><v>n</v></c><c r="B3" t="str"><v>name</v></c><c r="C3" t="str"><v>x</v></c></row>',
      ...Array.from(
        { length: 40 },
        (_, index) =>
          `<row r="${index + 5}"><c r="A${index + 5}"><v>${index === 30 ? '1.5e' : index}</v></c><c r="B${index + 5}" t="str"><v>name ${index}</v></c><c r="C${index + 5}"${index === 7 ? '><f>A1+B1</f></c>' : `><v>${index}.25</v></c>`}</row>`,
      ),
    ];
    const read = await ingest(workbookOf(rows.join('')));
    expect(read).toMatchObject({ rowCount: 40, rejectedCells: 1, reading: { headerRows: 1 } });
    expect(await query('SELECT line, "column", text, reason FROM rejects ORDER BY line')).toEqual([
      [1, null, '["Report of the year","",""]', 'outside_of_table'],
      [12, 'x', '=A1+B1', 'formula_without_value'],
    ]);
    expect(await query('SELECT n, x FROM data WHERE __row IN (8, 31) ORDER BY __row')).toEqual([
      ['7', null],
      ['1.5e', '30.25'],
    ]);
  });

  it.each([
    [
      'a bomb',
      workbookOf(`<row><c t="str"><v>${'a'.repeat(80 * 1024 ** 2)}</v></c></row>`),
      'dataset_unpacks_too_large',
    ],
    ['a ZIP archive of something else', zipFile({ 'a.txt': 'hello' }), 'dataset_unreadable'],
    ['an archive cut off', workbookOf('<row><c><v>1</v></c></row>').subarray(0, 300), 'dataset_unreadable'],
    ['a sheet that is no XML', workbookOf('<row><c><v>1</c></row>'), 'dataset_unreadable'],
    ['a sheet without cells', workbookOf(''), 'dataset_empty'],
    [
      'an archive that lies about sizes',
      zipFile({ 'xl/workbook.xml': `<workbook>${' '.repeat(50_000)}</workbook>` }, 10),
      'dataset_unreadable',
    ],
    ['too many columns', workbookOf('<row><c r="ZZZ1"><v>1</v></c></row>'), 'dataset_too_many_columns'],
    [
      'entities that multiply',
      workbookOf('', {
        'xl/worksheets/sheet1.xml':
          '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>',
      }),
      'dataset_unreadable',
    ],
  ])('refuses %s', async (_what, file, code) => {
    await expect(ingest(file)).rejects.toMatchObject({ code });
  });
});

describe('numbers of a workbook', () => {
  it.each([
    [0, undefined, 'number'],
    [14, undefined, 'date'],
    [22, undefined, 'timestamp'],
    [46, undefined, 'duration'],
    [164, 'yyyy\\-mm\\-dd', 'date'],
    [164, '[$-409]d/m/yy h:mm AM/PM;@', 'timestamp'],
    [164, 'hh:mm:ss.000', 'time'],
    [164, '#,##0.00 "days"', 'number'],
    [164, '[Red]0.00;[Blue]-0.00', 'number'],
    [164, 'mmm yyyy', 'date'],
    [164, '[h]:mm', 'duration'],
    [164, '0.00E+00', 'number'],
    [164, '"Day "0', 'number'],
  ])('format %s %s means a %s', (id, code, meaning) => {
    expect(numberMeaning(id, code)).toBe(meaning);
  });

  it.each([
    ['0.10000000000000001', 'number', '0.1'],
    ['12345678901234567890', 'number', '12345678901234567890'],
    ['1E-3', 'number', '0.001'],
    ['1.5E+20', 'number', '150000000000000000000'],
    ['-2.5', 'number', '-2.5'],
    ['45351', 'date', '2024-02-29'],
    ['45351.5', 'date', '2024-02-29 12:00:00'],
    ['45351', 'timestamp', '2024-02-29 00:00:00'],
    ['45351.573032407403', 'timestamp', '2024-02-29 13:45:10'],
    ['0.75', 'time', '18:00:00'],
    ['59', 'date', '1900-02-28'],
    ['60', 'date', '60'],
    ['61', 'date', '1900-03-01'],
    ['-1', 'date', '-1'],
  ] as const)('%s as a %s is %s', (raw, meaning, text) => {
    expect(numberText(raw, meaning, false)).toBe(text);
  });

  it('counts from 1904 where the workbook says so', () => {
    expect(numberText('0', 'date', true)).toBe('1904-01-01');
  });
});
