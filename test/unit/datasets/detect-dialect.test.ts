import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { guessEncodings } from '../../../activities/datasets/ingest/guess-encodings.js';
import { createEncodedFiles } from '../../../bench/dialects/encoded-files.js';
import { type DialectOverride, detectDialect } from '../../../domain/datasets/dialect/detect-dialect.js';
import type { Dialect } from '../../../domain/datasets/dialect/dialect.js';

const detect = (content: string | Buffer, override: DialectOverride = {}): Dialect => {
  const head = Buffer.from(content);
  const dialect = detectDialect({ head, isWhole: true, isUtf8: isUtf8(head) }, override);
  if (!dialect) throw new Error('Nothing was found');
  return dialect;
};

const ROWS = [
  ['id', 'name', 'price', 'day'],
  ['1', 'Größe, lang', '1.50', '2024-01-31'],
  ['2', 'say "hi"', '12.00', '2024-02-29'],
  ['3', "d'Or", '3.25', '2024-03-01'],
];
const write = (delimiter: string, quote = '"', recordEnd = '\n', rows = ROWS): string =>
  rows
    .map(
      (row) =>
        row.map((cell) => quote + cell.replaceAll(quote, quote + quote) + quote).join(delimiter) + recordEnd,
    )
    .join('');

describe('the encoding of a file', () => {
  const files = createEncodedFiles(20_261_130).filter(({ name }) => /_(40|400)$/.test(name));

  it.each([...new Set(files.map(({ encoding }) => encoding))])('is found for %s', (encoding) => {
    for (const { name, bytes, text } of files.filter((file) => file.encoding === encoding)) {
      const dialect = detectDialect({ head: bytes, isWhole: true, isUtf8: isUtf8(bytes), guessEncodings })!;
      const about = dialect.evidence.find((each) => each.about === 'encoding')!;
      const isRight = new TextDecoder(dialect.encoding).decode(bytes) === text;
      // What is wrong is at least said to be uncertain, with the way out.
      expect([name, isRight || about.confidence < 0.7]).toEqual([name, true]);
      if (!isRight) expect(about.text).toContain('read the file again with another encoding');
    }
  });

  it('is as the user says, whatever was detected', () => {
    const { bytes, text } = files.find(({ encoding }) => encoding === 'koi8-r')!;
    const sample = { head: bytes, isWhole: true, isUtf8: false, guessEncodings };
    expect(detectDialect(sample, { encoding: 'ibm866' })!.encoding).toBe('ibm866');
    const dialect = detectDialect(sample, { encoding: 'koi8-r' })!;
    expect(new TextDecoder(dialect.encoding).decode(bytes)).toBe(text);
    expect(dialect.evidence).toContainEqual({ about: 'encoding', confidence: 1, text: 'As you said.' });
  });
});

describe('the dialect of a file', () => {
  it.each([[','], [';'], ['\t'], ['|'], [' '], [', '], ['||']])(
    'is found for the delimiter "%s"',
    (delimiter) => {
      const { format, tables } = detect(write(delimiter));
      expect(format).toMatchObject({ delimiter, quote: '"', width: 4 });
      expect(tables).toMatchObject([{ start: 0, headerRows: 1 }]);
    },
  );

  it('is found for apostrophes as quotes and carriage returns as record ends', () => {
    expect(detect(write(',', "'", '\r')).format).toMatchObject({ quote: "'", carriageReturnEnds: true });
  });

  it('knows a decimal comma between semicolons from a delimiter', () => {
    expect(detect('a;b\n1,5;2,5\n3,5;4,5\n').format.delimiter).toBe(';');
  });

  it('does not take times or words for cells', () => {
    expect(detect('09:30\n10:45\n11:00\n').format.delimiter).toBe('');
    expect(detect('note\nthe sky is blue\nthe sea is wide\n').format.delimiter).toBe('');
  });

  it('finds one, two and no header records', () => {
    const values = ROWS.slice(1);
    const units = ['number', 'text', 'EUR', 'ISO'];
    expect(detect(write(',', '"', '\n', [ROWS[0] ?? [], units, ...values])).tables[0]?.headerRows).toBe(2);
    expect(detect(write(',', '"', '\n', values)).tables[0]?.headerRows).toBe(0);
    expect(detect('Region,2019,2020,2021\nNorth,1,2,3\nSouth,4,5,6\n').tables[0]?.headerRows).toBe(1);
  });

  it('keeps notes above and below out of the table, and says so', () => {
    const dialect = detect(`Sales report\nfor internal use, only\n\n${write(',')}\nSource: the bureau\n`);
    expect(dialect.tables).toMatchObject([{ start: 3, headerRows: 1, end: 7 }]);
    expect(dialect.footerRows).toBe(1);
    expect(dialect.evidence.map(({ about }) => about)).toEqual(
      expect.arrayContaining(['preamble', 'footer']),
    );
  });

  it('finds several tables and takes the largest', () => {
    const dialect = detect(
      `a,b\n1,2\n3,4\n5,6\n\n${write(',')}${write(',').split('\n').slice(1).join('\n')}`,
    );
    expect(dialect.tables.map(({ width }) => width)).toEqual([2, 4]);
    expect(dialect.table).toBe(1);
  });

  it.each([
    ['utf-8', Buffer.from(write(','))],
    ['utf-8', Buffer.from(`\ufeff${write(',')}`)],
    ['utf-16le', Buffer.from(`\ufeff${write(',')}`, 'utf16le')],
    ['utf-16le', Buffer.from(write(','), 'utf16le')],
    ['utf-16be', Buffer.from(`\ufeff${write(',')}`, 'utf16le').swap16()],
    ['windows-1252', Buffer.from(write(',').replace('1.50', '\u0080 1'), 'latin1')],
    // 编号,城市 and 北京, 上海 in GB18030
    ['gb18030', Buffer.from('b1e0bac52cb3c7cad00a312cb1b1beA90a322cc9cfbaa30a', 'hex')],
  ])('finds the encoding %s', (encoding, bytes) => {
    expect(detect(bytes).encoding).toBe(encoding);
  });

  it('takes zero bytes among others for no UTF-16', () => {
    const nuls = Array.from({ length: 200 }, (_, i) => `${100 + i},a\0b\n`).join('');
    expect(detect(`idx,t\n${nuls}`).encoding).toBe('utf-8');
  });

  it('is the Western one where another would read the same', () => {
    const bytes = Buffer.from('réf;montant\n1;1\u00a0234,50\n2;17\u00a0000,00\n'.repeat(20), 'latin1');
    const guesses = [{ encoding: 'iso-8859-3', confidence: 0.9, language: 'eo' }];
    const sample = { head: bytes, isWhole: true, isUtf8: false, guessEncodings: () => guesses };
    expect(detectDialect(sample)!.encoding).toBe('windows-1252');
  });

  it('does what a person said instead', () => {
    const dialect = detect('a;b,c\nd;e,f\n', { delimiter: ';', headerRows: 0 });
    expect(dialect.format).toMatchObject({ delimiter: ';', width: 2 });
    expect(dialect.tables[0]?.headerRows).toBe(0);
  });

  it('is undefined for a file without a record', () => {
    expect(detectDialect({ head: Buffer.from(' \n\n'), isWhole: true, isUtf8: true })).toBeUndefined();
  });
});
