import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type IngestedFile, ingestFile } from '../../../activities/datasets/ingest/ingest-file.js';
import { createScratch, type Scratch } from '../../support/scratch.js';

const HOUR_MS = 3_600_000;

/** Files that DuckDB does not write itself: a column `n` of DECIMAL(60,1), and a column `at` of INT96; one row each. */
const DECIMAL_60 =
  'UEFSMRUAFUAVQCwVAhUAFQYVBhwAAAACAAAAAgEAAAAAAAAAAAFqzpCt/1XrNCN5lVbokKA6FxUEGSw1ABgGc2NoZW1hFQIAFQ4VNBUCGAFuJQoVAhV4LFwVAhV4AAAAFgIZHBkcJgAcFQ4ZJQYAGRgBbhUAFgIWZhZmJghJHBUAFQAVAgA8KQYZJgACAAAAFmYWAiYIFmYAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRkcHAAAAIoAAABQQVIx';
const INT96 =
  'UEFSMRUAFSQVJCwVAhUAFQYVBhwAAAACAAAAAgEVzfB6wkgAAGeKJQAVBBksNQAYBnNjaGVtYRUCABUGJQIYAmF0ABYCGRwZHCYAHBUGGSUGABkYAmF0FQAWAhZKFkomCEkcFQAVABUCADwpBhkmAAIAAAAWShYCJggWSgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGRwcAAAAfAAAAFBBUjE=';

describe('reading a file into Parquet', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await createScratch();
    await scratch.pool.warmUp(1);
  });
  afterAll(async () => await scratch.remove());

  const ingest = async (content: string | Buffer): Promise<IngestedFile> => {
    const path = join(scratch.folder, 'file');
    await writeFile(path, content);
    return await ingestFile(scratch.pool, { path, folder: scratch.folder, timeoutMs: HOUR_MS });
  };
  const query = async (sql: string): Promise<unknown[][]> => {
    const views = {
      data: join(scratch.folder, 'data.parquet'),
      rejects: join(scratch.folder, 'rejects.parquet'),
    };
    return (await scratch.pool.withSession({ timeoutMs: HOUR_MS, views }, (session) => session.all(sql)))
      .rows;
  };

  it.each([
    ['leading zeros', ['007', '42', '1'], 'VARCHAR'],
    [
      'a fraction late in whole numbers',
      [...Array.from({ length: 5_000 }, (_, i) => String(i)), '1.7'],
      'DECIMAL(18,1)',
    ],
    ['19 digits', ['9223372036854775807', '1'], 'BIGINT'],
    ['more digits than BIGINT has', ['9223372036854775808', '1'], 'DECIMAL(38,0)'],
    ['thousands', ['1,234', '12', '1,234,567'], 'BIGINT'],
    ['continental numbers', ['1.234,50', '12,00', '7,25'], 'DECIMAL(18,2)'],
    ['thousands by points', ['379', '1.142', '12.500', '42'], 'BIGINT'],
    ['thousands by narrow spaces', ['1\u202f234,50', '12,00', '7,25'], 'DECIMAL(18,2)'],
    ['thousands by curly apostrophes', ['1\u2019234.50', '12.00', '7.25'], 'DECIMAL(18,2)'],
    ['three decimals each', ['379.000', '1.142', '12.500'], 'DECIMAL(18,3)'],
    ['a currency before', ['$1.50', '-$2.00', '$1,200.25'], 'DECIMAL(18,2)'],
    ['a unit behind', ['12.5 %', '3 %'], 'DECIMAL(18,1)'],
    ['mixed currencies', ['$1.50', '€2.00'], 'VARCHAR'],
    ['days that tell the order', ['13/02/2024', '01/02/2024'], 'DATE'],
    ['days that do not', ['03/02/2024', '01/02/2024'], 'VARCHAR'],
    ['mixed date formats', ['2024-02-13', '13.02.2024'], 'VARCHAR'],
    ['a day that does not exist', ['2024-02-30', '2024-01-01'], 'VARCHAR'],
    ['times', ['2024-02-13 10:00:00', '2024-02-13 10:00:01'], 'TIMESTAMP'],
    ['times as Excel writes them in the United States', ['1/31/2024 9:05', '12/1/2024 14:30'], 'TIMESTAMP'],
    ['the same with half days', ['1/31/24 9:05 PM', '12/1/24 12:30 AM'], 'TIMESTAMP'],
    ['days without zeros and short years', ['1/31/24', '12/1/24'], 'DATE'],
    ['versions, which are no days', ['1.2.10', '3.4.12'], 'VARCHAR'],
    ['exponents', ['1e5', '2.5e-3', '7'], 'DOUBLE'],
    ['yes and no', ['Yes', 'No', 'Yes'], 'BOOLEAN'],
    ['a dozen decimals', ['0.123456789012', '12345678901234567890.5'], 'DECIMAL(38,12)'],
  ])('decides the type of %s', async (_what, cells, type) => {
    const { columns } = await ingest(
      `key,value\n${cells.map((cell, index) => `k${index}z,"${cell}"`).join('\n')}\n`,
    );
    expect(columns[1]?.type).toBe(type);
  });

  it('gives back every cell: as its value, or listed with its text', async () => {
    const cell = fc.oneof(
      fc.constantFrom(
        '',
        '0',
        '7',
        '007',
        '1.5',
        '1.50',
        '-3',
        '1,234',
        '1.234,5',
        '$4.00',
        'NA',
        'n/a',
        ' 12 ',
        '2024-02-29',
        '29/02/2024',
        '1e3',
        'true',
        'x',
      ),
      fc.integer({ min: -1_000, max: 1_000_000 }).map(String),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 60 }), async (cells) => {
        await ingest(
          `key,value\n${cells.map((text, index) => `k${index}z,${text === '' ? '' : `"${text}"`}`).join('\n')}\n`,
        );
        const values = await query('SELECT CAST(value AS VARCHAR) FROM data ORDER BY __row');
        const listed = new Map(
          (await query('SELECT row, text, reason FROM rejects')).map(([row, text, reason]) => [
            row,
            { text, reason },
          ]),
        );
        for (const [index, text] of cells.entries()) {
          const value = values[index]?.[0];
          const entry = listed.get(index + 1);
          if (text === '') expect(value).toBeNull();
          else if (entry) expect(entry.text).toBe(text);
          else expect(value).not.toBeNull();
          // What looks like a number and is not listed is that number, or the text itself.
          if (/^-?\d+(\.\d+)?$/.test(text) && !entry) expect(Number(value)).toBe(Number(text));
        }
      }),
      { numRuns: 12 },
    );
  });

  it('numbers the records and keeps what stands outside of the table', async () => {
    const read = await ingest('Report\nof a kind\n\na,b\n1,x\n2,"y\nz"\n3,w\n\nSource: us\n');
    expect(read).toMatchObject({ rowCount: 3, reading: { skippedRows: 3, outsideRecords: 3 } });
    expect(await query('SELECT a, b, __row FROM data ORDER BY __row')).toEqual([
      [1, 'x', 1],
      [2, 'y\nz', 2],
      [3, 'w', 3],
    ]);
    expect(await query('SELECT line, text FROM rejects ORDER BY line')).toEqual([
      [1, '["Report"]'],
      [2, '["of a kind"]'],
      [10, '["Source: us"]'],
    ]);
  });

  it("numbers the records also where a column has the name of DuckDB's own number of a row", async () => {
    await ingest('a,File_Row_Number\n5,70\n6,80\n7,90\n');
    expect(await query('SELECT a, file_row_number, __row FROM data WHERE __row > 1')).toEqual([
      [6, 80, 2],
      [7, 90, 3],
    ]);
  });

  it('keeps the order of a file that several threads read, and lists what does not fit by its record and line', async () => {
    const rows = 400_000;
    const odd = new Map([
      [200_001, 'n/a'],
      [399_999, 'none'],
    ]);
    const lines = Array.from({ length: rows }, (_, i) => `${i + 1},${odd.get(i + 1) ?? i * 3},word ${i % 7}`);
    const read = await ingest(`id,amount,word\n${lines.join('\n')}\n`);
    expect(read).toMatchObject({
      rowCount: rows,
      columns: [{ type: 'BIGINT' }, { type: 'BIGINT' }, { type: 'VARCHAR' }],
    });
    expect(
      await query(
        'SELECT count(*) FROM data WHERE id <> __row OR (amount IS NULL) <> (id IN (200001, 399999))',
      ),
    ).toEqual([[0]]);
    expect(await query('SELECT line, "row", "column", text FROM rejects ORDER BY line')).toEqual([
      [200_002, 200_001, 'amount', 'n/a'],
      [400_000, 399_999, 'amount', 'none'],
    ]);
  });

  it('writes a column again whose later cells are of another kind', async () => {
    const lines = Array.from(
      { length: 30_000 },
      (_, i) => `${i},${i < 25_000 ? i : `00${i}`},${i === 29_000 ? '1.25' : i}`,
    );
    const read = await ingest(`id,code,amount\n${lines.join('\n')}\n`);
    expect(read.columns.map(({ type }) => type)).toEqual(['BIGINT', 'VARCHAR', 'DECIMAL(18,2)']);
    expect(read.rejectedCells).toBe(0);
    expect(
      await query(
        "SELECT count(*) FROM data WHERE code IS NULL OR amount IS NULL OR (id >= 25000 AND code <> '00' || id)",
      ),
    ).toEqual([[0]]);
    expect(await query('SELECT code, CAST(amount AS VARCHAR) FROM data WHERE id = 29000')).toEqual([
      ['0029000', '1.25'],
    ]);
  });

  it('keeps cells beyond the header in columns of their own, and tells a missing cell from an empty text', async () => {
    const read = await ingest('a,b,c\n1,"",x\n2,,y,extra\n3\n4,q,z\n');
    expect(read.columns.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'column_4']);
    expect(read.reading).toMatchObject({ shortRecords: 1, longRecords: 1 });
    expect(await query('SELECT b, c, column_4 FROM data ORDER BY __row')).toEqual([
      ['', 'x', null],
      [null, 'y', 'extra'],
      [null, null, null],
      ['q', 'z', null],
    ]);
  });

  it('reads other encodings, and does not lose a byte where they are mixed', async () => {
    await ingest(Buffer.from('name;city\nJürgen;Köln\nAna;Málaga\n', 'latin1'));
    expect(await query('SELECT name, city FROM data ORDER BY __row')).toEqual([
      ['Jürgen', 'Köln'],
      ['Ana', 'Málaga'],
    ]);
    const mixed = Buffer.concat([
      Buffer.from('name,city\n'),
      Buffer.from('Jürgen,Köln\n'.repeat(50)),
      Buffer.from('Ana,M\u00e1laga\n', 'latin1'),
    ]);
    await ingest(mixed);
    expect(await query('SELECT city, count(*) FROM data GROUP BY 1 ORDER BY 2')).toEqual([
      ['Málaga', 1],
      ['Köln', 50],
    ]);
  });

  it('keeps line ends inside of cells as they are', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `${index},"two\r\nlines ${index}"\r\n`);
    await ingest(`n,text\r\n${lines.join('')}`);
    expect(await query('SELECT text FROM data WHERE __row = 2')).toEqual([['two\r\nlines 1']]);
  });

  it('reads JSON as an array and as one object, and marks for nothing in columns of numbers', async () => {
    const array = await ingest('[\n  {"a": 1, "b": [true]},\n  {"a": 20000000000000001, "c": "x"}\n]\n');
    expect(array.reading.format).toBe('json');
    expect(await query('SELECT a, b, c, __row FROM data ORDER BY __row')).toEqual([
      [1, '[true]', null, 1],
      ['20000000000000001', null, 'x', 2],
    ]);
    expect(await ingest('{\n  "a": 1,\n  "b": "x"\n}\n')).toMatchObject({ rowCount: 1 });
    const marked = await ingest('year,anomaly\n2010,-12\n2011,***\n2012,\u00a0\u00a0\n2013,7\n');
    expect(marked.columns[1]).toMatchObject({ type: 'BIGINT', rejected: 0 });
    expect(await query('SELECT line, text, reason FROM rejects ORDER BY line')).toEqual([
      [3, '***', 'null_word'],
      [4, '\u00a0\u00a0', 'null_word'],
    ]);
  });

  it.each<[string, string, number, unknown[][]]>([
    [
      'lines that are broken or no objects',
      '{"a":1}\n{"a":2}\n\n{"a":3}\n{"a":\n[1,2]\n"text"\n{"a":4}\n',
      4,
      [
        [5, '{"a":', 'not_an_object'],
        [6, '[1,2]', 'not_an_object'],
        [7, '"text"', 'not_an_object'],
      ],
    ],
    [
      'elements of an array that are no objects',
      '[{"a":1},5,null,"text",{"a":4}]',
      2,
      [
        [2, '5', 'not_an_object'],
        [3, 'null', 'not_an_object'],
        [4, '"text"', 'not_an_object'],
      ],
    ],
    [
      'keys that an object has twice',
      '{"a":1,"b":0,"a":2}\n{"a":3,"b":1}\n{"a":4,"a":5,"a":"x"}\n',
      3,
      [
        [1, '{"a":2}', 'repeated_key'],
        [3, '{"a":5}', 'repeated_key'],
        [3, '{"a":"x"}', 'repeated_key'],
      ],
    ],
  ])('lists %s of JSON', async (_what, text, rowCount, listed) => {
    const { columns, reading, ...read } = await ingest(text);
    expect({ rowCount: read.rowCount, type: columns[0]?.type }).toEqual({ rowCount, type: 'BIGINT' });
    expect(await query('SELECT line, text, reason FROM rejects ORDER BY line, text DESC')).toEqual(
      expect.arrayContaining(listed),
    );
    expect(await query('SELECT count(*) FROM rejects')).toEqual([[listed.length]]);
    expect(reading.evidence.map(({ about }) => about)).toContain('records');
  });

  it('tells the line of a cell that does not fit beside broken JSON', async () => {
    const lines = Array.from({ length: 400 }, (_, i) => `{"n": ${i === 300 ? '"none at all"' : i}}`);
    lines[10] = '{"n": ';
    await ingest(`${lines.join('\n')}\n`);
    expect(await query('SELECT line, "row", text FROM rejects ORDER BY line')).toEqual([
      [11, null, '{"n": '],
      [301, 300, 'none at all'],
    ]);
  });

  it.each<[string, Buffer]>([
    ['a byte order mark', Buffer.from('\ufeff{"a":"ü"}\r\n{"a":"ö"}\r\n')],
    ['UTF-16', Buffer.from('\ufeff{"a":"ü"}\r\n{"a":"ö"}\r\n', 'utf16le')],
    ['Windows-1252', Buffer.from('{"a":"ü"}\n{"a":"ö"}\n', 'latin1')],
    [
      'a first line longer than what is looked at',
      Buffer.from(`{"a":"ü","b":"${'x'.repeat(700_000)}"}\n{"a":"ö"}\n`),
    ],
    [
      'objects over several lines, more than what is looked at',
      Buffer.from(`{\n  "a": "ü"\n}\n${'{\n  "a": "ö"\n}\n'.repeat(50_000)}`),
    ],
  ])('reads JSON with %s', async (_what, content) => {
    const { columns, reading } = await ingest(content);
    expect(['json', 'jsonl']).toContain(reading.format);
    expect(columns[0]?.name).toBe('a');
    expect(await query('SELECT DISTINCT a FROM data ORDER BY a')).toEqual([['ö'], ['ü']]);
  });

  it('does not take a table that begins with a piece of JSON for JSON', async () => {
    const { reading } = await ingest(`{"a":1},x,1\n${'{"a":2},y,2\n'.repeat(50_000)}`);
    expect(reading.format).toBe('csv');
  });

  it.each([
    ['HTML', '<!DOCTYPE html>\n<html><body><table><tr><td>1</td></tr></table></body></html>'],
    ['HTML', '<table border="1"><tr><td>1</td></tr></table>'],
    ['XML', '<?xml version="1.0"?><Workbook><Row><Cell>1</Cell></Row></Workbook>'],
  ])('refuses %s instead of cutting it into cells', async (what, text) => {
    await expect(ingest(text)).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: expect.stringContaining(what),
    });
  });

  it('says of broken JSON that it is broken', async () => {
    await expect(ingest('[{"a":1},{"a":2},{"a"')).rejects.toMatchObject({ code: 'dataset_unreadable' });
  });

  it('keeps a column of Parquet that is called as the number of the record', async () => {
    const path = join(scratch.folder, 'file');
    await query(`COPY (SELECT 'mine' AS "__row", 1 AS "__row_2") TO '${path}' (FORMAT parquet)`);
    const { columns } = await ingest(await readFile(path));
    expect(columns.map(({ name }) => name)).toEqual(['__row_3', '__row_2']);
    expect(columns[0]?.reading).toContain('"__row"');
    expect(await query('SELECT "__row_3", "__row_2" FROM data')).toEqual([['mine', 1]]);
  });

  it('refuses decimals of Parquet that DuckDB would read as other numbers', async () => {
    await expect(ingest(Buffer.from(DECIMAL_60, 'base64'))).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: expect.stringContaining('"n" holds decimals of 60 digits'),
    });
  });

  it('says of times in Parquet that nanoseconds are cut off', async () => {
    const { columns, reading } = await ingest(Buffer.from(INT96, 'base64'));
    expect(columns[0]?.reading).toContain('microsecond');
    expect(reading.evidence).toMatchObject([{ about: 'columns' }]);
  });

  it('tells the line of a listed cell behind blank lines and cells of several lines', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},"text ${i} of some length to fill it",${i}`);
    rows[25_000] += '\n';
    rows[26_000] = '26000,"two\nlines",26000';
    rows[29_000] = '29000,x,none at all';
    await ingest(`id,v,w\n${rows.join('\n')}\n`);
    expect(await query('SELECT line, "row", text FROM rejects')).toEqual([[29_004, 29_001, 'none at all']]);
  });

  it('lists a word among a few hundred numbers wherever it stands', async () => {
    for (const place of [30, 299]) {
      const rows = Array.from({ length: 300 }, (_, i) => `${i}x,${i === place ? 'none at all' : i}`);
      const { columns } = await ingest(`key,n\n${rows.join('\n')}\n`);
      expect(columns[1]).toMatchObject({ type: 'BIGINT', rejected: 1 });
    }
  });

  it('reads a table of 500 columns within the memory of a dataset', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `c${i}`);
    const rows = Array.from({ length: 6_000 }, (_, row) => names.map((_name, i) => (row * i) % 97).join(','));
    const { columns, rowCount } = await ingest(`${names.join(',')}\n${rows.join('\n')}\n`);
    expect({ width: columns.length, rowCount }).toEqual({ width: 500, rowCount: 6_000 });
  });

  it('stops a decompression bomb, an endless record and too many columns', async () => {
    await expect(ingest(`a,b\n1,"${'x'.repeat(3 * 1024 * 1024)}"\n`)).rejects.toMatchObject({
      code: 'dataset_record_too_long',
    });
    await expect(ingest(`${'c,'.repeat(5_000)}c\n`)).rejects.toMatchObject({
      code: 'dataset_too_many_columns',
    });
  });
});
