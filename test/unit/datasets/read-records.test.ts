import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordFormat } from '../../../domain/datasets/dialect/dialect.js';
import { createRecordReader, RecordTooLongError } from '../../../domain/datasets/dialect/read-records.js';

const COMMA: RecordFormat = {
  delimiter: ',',
  quote: '"',
  escape: 'doubled',
  carriageReturnEnds: false,
  width: 0,
};

const readAll = (pieces: string[], format: Partial<RecordFormat> = {}, maxRecordChars = 1e6) => {
  const reader = createRecordReader({ ...COMMA, ...format }, { maxRecordChars });
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
};
const cellsOf = (text: string, format: Partial<RecordFormat> = {}): string[][] =>
  readAll([text], format).map(({ cells }) => cells);

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '7', ' ', ',', ';', '"', "'", '\n', '\r\n', '|') });
const table = fc
  .integer({ min: 2, max: 5 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
  );

describe('the record reader', () => {
  it('gives every cell back exactly, in any of the usual dialects', () => {
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(',', ';', '\t', '|', '||'),
        fc.constantFrom('"', "'"),
        (rows, delimiter, quote) => {
          const text = rows
            .map((row) =>
              row.map((value) => quote + value.replaceAll(quote, quote + quote) + quote).join(delimiter),
            )
            .join('\n');
          expect(cellsOf(text, { delimiter, quote, width: rows[0]?.length ?? 0 })).toEqual(rows);
        },
      ),
    );
  });

  it('reads the same records however the text is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', '\r', ' ') }),
        fc.array(fc.nat(30)),
        (text, cuts) => {
          const pieces: string[] = [];
          let at = 0;
          for (const cut of cuts) {
            pieces.push(text.slice(at, at + cut));
            at += cut;
          }
          pieces.push(text.slice(at));
          expect(readAll(pieces)).toEqual(readAll([text]));
        },
      ),
    );
  });

  it('tells a missing cell from an empty text', () => {
    expect(readAll(['a,,""'])[0]?.quoted).toEqual([false, false, true]);
  });

  it('knows the line on which each record begins', () => {
    expect(readAll(['a,b\n"x\ny",2\r\n3,4\n']).map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it.each([
    [
      'a quote that nobody escaped',
      '"5" pipe","x"\n"a","b"',
      [
        ['5" pipe', 'x'],
        ['a', 'b'],
      ],
    ],
    [
      'an extra quote before an empty cell',
      '"a","""\n"b","c"\n',
      [
        ['a', '"'],
        ['b', 'c'],
      ],
    ],
    [
      'one record with another delimiter',
      'a,b\nc;d\ne,f\n',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'f'],
      ],
    ],
    [
      'one record cut by blanks',
      '"a","b"\n"c" "d"\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a quote that is never closed',
      'a,b\n"c,d\ne,f\n',
      [
        ['a', 'b'],
        ['"c', 'd'],
        ['e', 'f'],
      ],
    ],
    [
      'a quote that is closed by one of the next record',
      'a,b\n"c,d\n"e, f",g\nh,i\n',
      [
        ['a', 'b'],
        ['"c', 'd'],
        ['e, f', 'g'],
        ['h', 'i'],
      ],
    ],
  ])('mends %s', (_what, text, expected) => {
    expect(cellsOf(text, { width: 2 })).toEqual(expected);
  });

  it('leaves a cell of several lines alone in which somebody is quoted', () => {
    const text = 'a,"she said "no" to it\nand left, too"\nb,c\n';
    expect(cellsOf(text, { width: 2 })).toEqual([
      ['a', 'she said "no" to it\nand left, too'],
      ['b', 'c'],
    ]);
  });

  it('leaves a record alone that has too few or too many cells in every reading', () => {
    expect(cellsOf('a,b,c\nd\ne,f,g,h\n', { width: 3 })).toEqual([
      ['a', 'b', 'c'],
      ['d'],
      ['e', 'f', 'g', 'h'],
    ]);
  });

  it('keeps blanks that belong to a cell', () => {
    expect(cellsOf('a, b ,"c" \n')).toEqual([['a', ' b ', 'c']]);
  });

  it('refuses a record that is longer than allowed instead of keeping it in memory', () => {
    expect(() => readAll(['x'.repeat(50), 'x'.repeat(60)], {}, 100)).toThrow(RecordTooLongError);
  });
});
