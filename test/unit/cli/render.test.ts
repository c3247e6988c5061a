import { describe, expect, test } from '@jest/globals';
import { renderQuestion } from '../../../cli/render/answer.js';
import { renderTextChart } from '../../../cli/render/chart.js';
import { colorsFor } from '../../../cli/render/colors.js';
import { isNumericType, renderTable } from '../../../cli/render/table.js';
import { cutToWidth, formatDuration, printable, printableLines, widthOf } from '../../../cli/render/text.js';

const colors = colorsFor({ isTTY: false }, {});
const table = (options: Partial<Parameters<typeof renderTable>[0]>): string[] =>
  renderTable({ columns: [{ name: 'a' }, { name: 'b' }], rows: [], colors, ...options }).split('\n');

describe('tables', () => {
  test('wide characters and emoji line up', () => {
    const lines = table({
      rows: [
        ['東京', 'x'],
        ['plain', 'y'],
        ['🚚', 'z'],
      ],
    });
    const places = lines.slice(2).map((line) => widthOf(line.slice(0, line.indexOf('│'))));
    expect(new Set(places).size).toBe(1);
  });

  test('numbers stand on the right, text on the left', () => {
    const lines = table({
      columns: [{ name: 'n', align: 'right' }, { name: 't' }],
      rows: [
        ['7', 'x'],
        ['1234', 'long'],
      ],
    });
    expect(lines.slice(2)).toEqual(['    7 │ x', ' 1234 │ long']);
  });

  test('a long cell is cut with an ellipsis, never through a character', () => {
    expect(cutToWidth('abcdef', 4)).toBe('abc…');
    expect(cutToWidth('abcd', 4)).toBe('abcd');
    expect(cutToWidth('東京都', 4)).toBe('東…');
    expect(cutToWidth('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…');
  });

  test('a table is cut to the terminal, the widest column first', () => {
    const lines = table({ rows: [['short', 'y'.repeat(500)]], terminalWidth: 40 });
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(40);
    expect(lines.at(-1)).toContain('short');
    expect(lines.at(-1)).toContain('…');
  });

  test('null is said, and is not the empty text', () => {
    expect(table({ rows: [[null, '']] }).at(-1)).toBe(' null │');
  });

  test('line breaks inside a cell do not break the table', () => {
    expect(table({ rows: [['two\nlines', '']] })).toHaveLength(3);
  });

  test.each(['int8', 'numeric', 'numeric(12,2)', 'float4'])('%s is a number', (type) => {
    expect(isNumericType(type)).toBe(true);
  });

  test.each(['text', 'interval', 'timestamptz', 'int4range'])('%s is no number', (type) => {
    expect(isNumericType(type)).toBe(false);
  });
});

describe('text from elsewhere', () => {
  test('cannot steer the terminal', () => {
    const hostile = 'a\u001b]0;title\u0007\u001b[2Jb\r\u202ec';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(printable(hostile)).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(printableLines(`x\n${hostile}`).split('\n')).toHaveLength(2);
  });
});

test.each([
  [0.4, '0 ms'],
  [999, '999 ms'],
  [1_500, '1.5 s'],
  [59_960, '1 min 0 s'],
  [125_000, '2 min 5 s'],
  [3_720_000, '1 h 2 min'],
])('%d ms reads as %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

describe('colours', () => {
  test.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: false }, {}, false],
    [{ isTTY: false }, { CI: 'true' }, false],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
    [{ isTTY: false }, { FORCE_COLOR: '1' }, true],
    [{ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('%j with %j: %s', (stream, env, expected) => {
    expect(colorsFor(stream, env).isColorSupported).toBe(expected);
  });
});

test('an answer shows the tables that its SQL reads, counts the others, and gives the id that commands ask for', () => {
  const chosen = (canonicalTableName: string, rank: number) => ({
    ...{ canonicalTableName, rank, score: 1, reasons: ['words'] },
  });
  const text = renderQuestion({
    question: {
      ...{
        id: 'the-id',
        jobId: 'j',
        dataSourceId: 'd',
        text: 'q',
        status: 'answered',
        error: null,
        cachedFrom: null,
      },
      ...{ createdAt: '2026-11-28T00:00:00Z', finishedAt: '2026-11-28T00:00:01Z' },
      answer: {
        sql: 'SELECT count(*) FROM public.orders o JOIN "Odd name" n ON true',
        tables: [chosen('public.order', 1), chosen('public.orders', 2), chosen('public."Odd name"', 3)],
        ...{
          columns: [],
          rowCount: 0,
          truncated: false,
          interpretation: null,
          chart: null,
          explanation: null,
        },
        ...{ warnings: [], timings: [], repairs: 0, answeredAt: '2026-11-28T00:00:01Z' },
        model: { provider: 'built-in', name: 'built-in-translator' },
      },
    },
    rows: [],
    colors,
  });
  expect(text).toContain('  2. public.orders');
  expect(text).toContain('  3. public."Odd name"');
  expect(text).not.toContain('public.order ');
  expect(text).toContain('1 other table looked at');
  expect(text).toContain('the-id');
});

test('a chart of one amount is drawn as bars of text that line up, and others are not', () => {
  const chart = { kind: 'bar' as const, spec: {}, columns: { x: 0, y: [1] } };
  const lines = renderTextChart(chart, [
    ['North', '1200.50'],
    ['東京', '600.25'],
    [null, null],
  ])?.split('\n');
  expect(lines).toEqual([
    ` North  │${'█'.repeat(40)} 1200.50`,
    ` 東京   │${'█'.repeat(20)} 600.25`,
    ' (none) │',
  ]);
  expect(
    renderTextChart({ ...chart, kind: 'scatter' }, [
      ['a', 1],
      ['b', 2],
    ]),
  ).toBeUndefined();
  expect(
    renderTextChart(chart, [
      ['a', -1],
      ['b', 2],
    ]),
  ).toBeUndefined();
});
