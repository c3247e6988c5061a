import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Cell } from '../../../contracts/question.js';
import { chooseChart } from '../../../domain/chart/choose-chart.js';
import { resultShape } from '../../../domain/result/result-shape.js';
import { renderChart } from '../../../platform/render-chart.js';
import { result, SHAPES } from './results.js';

const chartOf = (given: Parameters<typeof resultShape>[0]) => chooseChart(resultShape(given));
const valuesOf = (chart: ReturnType<typeof chartOf>) =>
  (chart?.spec['data'] as { values: Record<string, unknown>[] } | undefined)?.values;

test.each(Object.entries(SHAPES))('%s gets the chart of its shape, which renders', async (_name, shape) => {
  const chart = chartOf(shape.result);
  expect(chart?.kind ?? null).toBe(shape.kind);
  if (!chart) return;
  const svg = await renderChart(chart);
  expect(svg).toMatch(/^<svg/);
  // A mark with nothing in it would be an empty picture.
  expect(svg).toMatch(/<path aria-label=/);
  expect(svg).not.toMatch(/NaN|undefined/);
});

test('numbers that came as strings are drawn as numbers, and nulls as gaps', () => {
  const chart = chartOf(SHAPES['nulls among categories and amounts']!.result);
  expect(valuesOf(chart)).toEqual([
    { c0: 'Ulm', c1: 12 },
    { c0: '(none)', c1: 7 },
    { c0: '(empty)', c1: 2 },
    { c0: 'Bonn', c1: null },
  ]);
});

test('what a chart leaves out is said, in the answer and in the picture', async () => {
  const chart = chartOf(SHAPES['too many categories']!.result);
  expect(chart?.note).toContain('30 of 120');
  expect(await renderChart(chart!)).toContain('30 of 120');
});

test('names of columns with dots, brackets and quotes are drawn as text', async () => {
  const chart = chartOf({
    columns: [
      { name: 'a.b[0]"\'<script>', type: 'text' },
      { name: '__proto__', type: 'int8' },
    ],
    rows: [
      ['<img src=x onerror=alert(1)>', '1'],
      ['y', '2'],
    ],
    truncated: false,
  });
  const svg = await renderChart(chart!);
  expect(svg).not.toMatch(/<script|<img/);
  expect(svg).toContain('proto');
});

test.each(['constructor', 'valueOf', 'toString', 'hasOwnProperty', '__proto__'])(
  'a category or a column called %s is drawn like any other',
  async (word) => {
    const categories = chartOf({
      columns: [
        { name: 'kind', type: 'text' },
        { name: 'part', type: 'text' },
        { name: 'total', type: 'int8' },
      ],
      rows: [word, 'plain'].flatMap((kind) => [word, 'other'].map((part): Cell[] => [kind, part, '3'])),
      truncated: false,
    });
    expect(await renderChart(categories!)).toContain(word);
    const columns = chartOf({
      columns: [
        { name: 'kind', type: 'text' },
        { name: word, type: 'int8' },
        { name: 'total', type: 'int8' },
      ],
      rows: [
        ['a', '1', '2'],
        ['b', '3', '4'],
      ],
      truncated: false,
    });
    expect(await renderChart(columns!)).toMatch(/^<svg/);
  },
);

test('a chart that would load a file or an address is refused it', async () => {
  const spec = {
    data: { url: 'file:///etc/hostname', format: { type: 'csv' } },
    mark: 'point',
    encoding: { x: { field: 'a', type: 'nominal' } },
  };
  const svg = await renderChart({ spec });
  expect(svg).not.toMatch(/<path aria-label=/);
});

const anyCell: fc.Arbitrary<Cell> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.string({ maxLength: 8 }),
  fc.string({ maxLength: 6, unit: fc.constantFrom('\\', '"', "'", '\n', '{', '%', 'a') }),
  fc.constantFrom(
    'constructor',
    '2025-01-01',
    '2025-02-01 00:00:00+00',
    '1e3',
    '12.50',
    '-0',
    'NaN',
    'Infinity',
  ),
);
const anyColumn = fc.record({
  name: fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.string({
      maxLength: 6,
      unit: fc.constantFrom('\\', '"', "'", '\n', '\u2028', '{', ')', '%', '.', '[', 'a'),
    }),
    fc.constantFrom('id', 'month', 'year', 'total', 'constructor'),
  ),
  type: fc.constantFrom('text', 'int4', 'int8', 'numeric', 'float8', 'date', 'timestamptz', 'bool', 'jsonb'),
});

test('whatever a result holds, a chart of it renders or there is none', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyColumn, { minLength: 1, maxLength: 4 }).chain((columns) =>
        fc.record({
          columns: fc.constant(columns),
          rows: fc.array(fc.array(anyCell, { minLength: columns.length, maxLength: columns.length }), {
            maxLength: 12,
          }),
          truncated: fc.boolean(),
        }),
      ),
      async (given) => {
        const chart = chartOf(given);
        if (chart) expect(await renderChart(chart)).toMatch(/^<svg/);
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

test.each([5e-324, 1.7e308])(
  'amounts of %p have no scale that can be drawn, so there is no chart',
  (amount) => {
    const rows: Cell[][] = [
      ['a', -amount],
      ['b', amount],
    ];
    expect(chartOf(result('city:text total:float8', rows))).toBeNull();
  },
);

test('a large result makes a small chart', () => {
  const rows = Array.from({ length: 10_000 }, (_, n): Cell[] => [n / 7, `${n % 977}.5`]);
  const chart = chartOf(result('weight:float8 price:numeric', rows));
  expect(JSON.stringify(chart).length).toBeLessThan(40_000);
  expect(chart?.note).toContain('500 of 10000');
});
