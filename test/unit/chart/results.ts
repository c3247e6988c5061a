import type { Cell } from '../../../contracts/question.js';
import type { Result } from '../../../domain/result/result-shape.js';

/** A result from `name:type` texts and rows. */
export const result = (columns: string, rows: Cell[][]): Result => ({
  columns: columns.split(' ').map((text) => {
    const [name = '', type = ''] = text.split(':');
    return { name, type };
  }),
  rows,
  truncated: false,
});

const months = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => new Date(Date.UTC(2024, n, 1)).toISOString().slice(0, 10));
/** The same "random" number each time. */
const wave = (n: number): number => Math.round(500 + 300 * Math.sin(n * 1.7) + 40 * n);
const CATEGORIES = [
  'Office Furniture',
  'Safety Gear',
  'Audio',
  'Packaging',
  'Lighting',
  'Small Appliances',
  'Cables and Chargers of every kind and length for the house',
];
const REGIONS = ['North', 'South', 'East', 'West'];

/** One result of each shape, with the kind of chart that it must get. */
export const SHAPES: Record<string, { result: Result; kind: string | null }> = {
  'a single number': { result: result('orders:int8', [['600']]), kind: null },
  'no rows': { result: result('status:text orders:int8', []), kind: null },
  'one row of several numbers': {
    result: result('orders:int8 revenue:numeric', [['600', '12.50']]),
    kind: null,
  },
  'months of one amount': {
    result: result(
      'month:date number_of_orders:int8',
      months(18).map((m, n) => [m, String(wave(n))]),
    ),
    kind: 'line',
  },
  'days of one amount with gaps': {
    result: result(
      'day:timestamptz revenue_usd:numeric',
      Array.from({ length: 90 }, (_, n) => [
        `${new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10)} 00:00:00+00`,
        n % 17 === 0 ? null : `${wave(n) * 100}.25`,
      ]),
    ),
    kind: 'line',
  },
  'years as numbers': {
    result: result(
      'year:int4 revenue:numeric',
      [2019, 2020, 2021, 2022, 2023].map((y, n) => [y, `${wave(n)}.5`]),
    ),
    kind: 'line',
  },
  'texts of months': {
    result: result(
      'month:text revenue:numeric',
      months(12).map((m, n) => [m.slice(0, 7), `${wave(n) * 1000}`]),
    ),
    kind: 'line',
  },
  'hours within days': {
    result: result(
      'at:timestamp load:float8',
      Array.from({ length: 48 }, (_, n) => [
        new Date(Date.UTC(2025, 0, 1, n)).toISOString().slice(0, 19).replace('T', ' '),
        wave(n) / 100,
      ]),
    ),
    kind: 'line',
  },
  'months of one amount by region': {
    result: result(
      'month:date region:text revenue:numeric',
      months(12).flatMap((m, n) => REGIONS.map((r, k) => [m, r, `${wave(n + 5 * k)}.10`])),
    ),
    kind: 'line',
  },
  'months of two amounts of one scale': {
    result: result(
      'month:date planned:numeric actual:numeric',
      months(12).map((m, n) => [m, `${wave(n)}`, `${wave(n + 1)}`]),
    ),
    kind: 'line',
  },
  'months of two amounts of different scales': {
    result: result(
      'month:date revenue_usd:numeric orders:int8',
      months(12).map((m, n) => [m, `${wave(n) * 1000}`, `${wave(n + 1)}`]),
    ),
    kind: 'line',
  },
  'categories in order': {
    result: result(
      'category_name:text category_id:int4 total_revenue_usd:numeric',
      CATEGORIES.map((c, n) => [c, n + 1, `${2_000_000 / (n + 1)}`]),
    ),
    kind: 'bar',
  },
  'too many categories': {
    result: result(
      'product:text revenue:numeric',
      Array.from({ length: 120 }, (_, n) => [`Product ${n}`, `${20_000 - n * 100}.00`]),
    ),
    kind: 'bar',
  },
  'negative amounts': {
    result: result(
      'account:text change:numeric',
      CATEGORIES.map((c, n) => [c, `${(n - 3) * 1250}.5`]),
    ),
    kind: 'bar',
  },
  'nulls among categories and amounts': {
    result: result('city:text customers:int8', [
      ['Ulm', '12'],
      [null, '7'],
      ['', '2'],
      ['Bonn', null],
    ]),
    kind: 'bar',
  },
  'months of the year as numbers': {
    result: result(
      'month:int4 orders:int8',
      [3, 1, 2, 12, 11, 10, 9, 8, 7, 6, 5, 4].map((m) => [m, String(wave(m))]),
    ),
    kind: 'bar',
  },
  'quarters as texts': {
    result: result('quarter:text revenue:numeric', [
      ['2024-Q1', '10'],
      ['2024-Q2', '12'],
      ['2024-Q3', '9'],
    ]),
    kind: 'bar',
  },
  'categories with two amounts of one scale': {
    result: result(
      'region:text planned:numeric actual:numeric',
      REGIONS.map((r, n) => [r, `${wave(n)}`, `${wave(n + 2)}`]),
    ),
    kind: 'grouped-bar',
  },
  'categories with three amounts of different scales': {
    result: result(
      'region:text revenue:numeric orders:int8 average_rating:numeric',
      REGIONS.map((r, n) => [r, `${wave(n) * 1000}`, `${wave(n)}`, `${(n + 1) / 2}`]),
    ),
    kind: 'bar',
  },
  'two categories': {
    result: result(
      'region:text status:text orders:int8',
      REGIONS.flatMap((r, n) => ['open', 'paid', 'sent'].map((s, k) => [r, s, String(wave(n * 3 + k))])),
    ),
    kind: 'grouped-bar',
  },
  'two long lists of categories': {
    result: result(
      'weekday:int4 hour:int4 orders:int8',
      Array.from({ length: 7 }, (_, d) => d).flatMap((d) =>
        Array.from({ length: 24 }, (_, h) => [d, h, String(wave(d * h))]),
      ),
    ),
    kind: 'heatmap',
  },
  'months by many categories': {
    result: result(
      'month:date product:text revenue:numeric',
      months(12).flatMap((m, n) =>
        Array.from({ length: 20 }, (_, k) => [m, `Product ${k}`, String(wave(n + k))]),
      ),
    ),
    kind: 'heatmap',
  },
  'two amounts of each row': {
    result: result(
      'weight_kg:float8 price_usd:numeric',
      Array.from({ length: 60 }, (_, n) => [n / 3, `${wave(n)}.99`]),
    ),
    kind: 'scatter',
  },
  'one amount of each row': {
    result: result(
      'total_usd:numeric',
      Array.from({ length: 400 }, (_, n) => [`${wave(n)}.20`]),
    ),
    kind: 'histogram',
  },
  'rows of many columns': {
    result: result(
      'id:int4 name:text email:text city:text phone:text',
      Array.from({ length: 20 }, (_, n) => [n, `N ${n}`, `n${n}@example.com`, 'Ulm', '1']),
    ),
    kind: null,
  },
  documents: {
    result: result('id:int4 doc:jsonb', [
      [1, '{"a":1}'],
      [2, '{"a":2}'],
    ]),
    kind: null,
  },
  'keys with amounts': {
    result: result('customer_id:int8 total:numeric', [
      ['9007199254740993', '12.00'],
      ['9007199254740995', '8.00'],
    ]),
    kind: 'bar',
  },
};
