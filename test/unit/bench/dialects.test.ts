import { describe, expect, it } from '@jest/globals';
import { polluteTable } from '../../../bench/dialects/pollutions.js';
import { readPolluted } from '../../../bench/dialects/read-file.js';
import { scoreFile } from '../../../bench/dialects/score.js';
import { createSourceTables } from '../../../bench/dialects/source-tables.js';

describe('bench:dialects', () => {
  it('gives a perfect reading ten points, a failed one none, and a partial one something between', () => {
    const clean = [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ];
    expect(scoreFile('x', clean, clean).total).toBe(10);
    expect(scoreFile('x', clean, undefined).total).toBe(0);
    const partial = scoreFile('x', clean, [
      ['a', 'b'],
      ['1', '2'],
      ['3', 'x'],
    ]);
    expect(partial.records).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(partial.cells.recall).toBe(0.75);
    expect(partial.total).toBeLessThan(10);
  });

  it('reads every kind of file-wide pollution of a plain table as its clean truth', () => {
    const table = createSourceTables(7)[0];
    if (!table) throw new Error('There is no table');
    const files = polluteTable(table, 7).filter(
      ({ name }) => name.includes('__file_') || name.endsWith('source'),
    );
    const wrong = files.filter(
      ({ name, bytes, clean }) => scoreFile(name, clean, readPolluted(bytes)).total < 9.99,
    );
    expect(files.length).toBeGreaterThan(25);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});
