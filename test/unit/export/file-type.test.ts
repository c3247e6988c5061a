import { expect, test } from '@jest/globals';
import { csvLine } from '../../../domain/export/csv-line.js';
import { distinctNames } from '../../../domain/export/distinct-names.js';
import { fileType } from '../../../domain/export/file-type.js';

const typeOf = (type: string, ...cells: (string | number | boolean | null)[]) =>
  fileType({ name: 'c', type }, cells);

test('a column has a type in a file only where no cell loses anything by it', () => {
  expect(typeOf('int8', '9223372036854775807', null)).toEqual({ kind: 'integer' });
  expect(typeOf('numeric', '9223372036854775808')).toEqual({ kind: 'decimal', precision: 19, scale: 0 });
  expect(typeOf('numeric', '12.50', '-1000.125')).toEqual({ kind: 'decimal', precision: 7, scale: 3 });
  expect(typeOf('numeric', `1.${'0'.repeat(40)}`)).toEqual({ kind: 'text' });
  expect(typeOf('numeric', 'NaN')).toEqual({ kind: 'text' });
  expect(typeOf('float8', 1.5)).toEqual({ kind: 'double' });
  expect(typeOf('float8', 1.5, 'Infinity')).toEqual({ kind: 'text' });
  expect(typeOf('bool', true, null)).toEqual({ kind: 'boolean' });
  expect(typeOf('date', '2026-01-31')).toEqual({ kind: 'date' });
  expect(typeOf('date', '0044-03-15 BC')).toEqual({ kind: 'text' });
  expect(typeOf('timestamptz', '2026-01-31 12:00:00.5+00')).toEqual({ kind: 'timestamptz' });
  expect(typeOf('timestamp', 'infinity')).toEqual({ kind: 'text' });
  expect(typeOf('text', '007')).toEqual({ kind: 'text' });
  expect(typeOf('int4', null)).toEqual({ kind: 'text' });
});

test('a line of CSV tells null from the empty text, and quotes what would break the line', () => {
  expect(csvLine([null, '', 'a,b', 'say "x"', 'two\nlines', ' padded', 12.5, true])).toBe(
    ',"","a,b","say ""x""","two\nlines"," padded",12.5,true\r\n',
  );
});

test('formulas are escaped when that was asked for, numbers never', () => {
  const cells = ['=1+1', '+cmd', '-2.50', '-x', '@SUM(A1)', '\tx', 'a=b'];
  expect(csvLine(cells, { escapeFormulas: true })).toBe(`'=1+1,'+cmd,-2.50,'-x,'@SUM(A1),'\tx,a=b\r\n`);
  expect(csvLine(cells)).toContain('=1+1,+cmd');
});

test('columns of one name get names of their own', () => {
  expect(distinctNames(['id', 'ID', '', 'id_2', 'id'])).toEqual(['id', 'ID_2', 'column', 'id_2_2', 'id_3']);
});
