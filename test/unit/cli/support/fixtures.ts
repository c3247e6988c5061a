import type { DataSource } from '../../../../contracts/data-source.js';
import type { Job } from '../../../../contracts/job.js';
import type { Question } from '../../../../contracts/question.js';

export const source: DataSource = {
  id: '7f3d0c86-1111-4222-8333-444444444444',
  name: 'shop',
  kind: 'postgres',
  status: 'ready',
  address: 'reader@127.0.0.1:5432/shop',
  includeSchemas: [],
  tables: 25,
  columns: 210,
  indexedAt: '2026-11-23T04:00:00.000Z',
  schedule: null,
  querySettings: {},
  createdAt: '2026-11-23T03:59:00.000Z',
};

export const answered: Question = {
  id: 'q1',
  jobId: 'answer-q1',
  dataSourceId: source.id,
  text: 'revenue by region',
  status: 'answered',
  answer: {
    sql: 'SELECT r.name AS region, sum(o.total) AS revenue\nFROM orders o JOIN regions r ON r.id = o.region_id\nGROUP BY 1',
    columns: [
      { name: 'region', type: 'text' },
      { name: 'revenue', type: 'numeric' },
    ],
    rowCount: 3,
    truncated: false,
    tables: [
      { canonicalTableName: 'public.regions', rank: 2, score: 0.4, reasons: ['joins orders'] },
      {
        canonicalTableName: 'public.orders',
        rank: 1,
        score: 0.9,
        reasons: ['"revenue" matches orders.total'],
      },
    ],
    model: { provider: 'built-in', name: 'quaestor-1' },
    interpretation: 'The sum of orders.total for each region.',
    chart: {
      kind: 'bar',
      spec: { mark: 'bar', data: { values: [] } },
      columns: { x: 0, y: [1] },
    },
    explanation: 'Among these rows the highest revenue is 1,200.50 (North), the lowest 99.00 (東京).',
    warnings: [{ code: 'fan_out_join', message: 'The join to order_items repeats rows of orders.' }],
    timings: [
      { step: 'context', durationMs: 12 },
      { step: 'model', durationMs: 3 },
      { step: 'query', durationMs: 30 },
    ],
    repairs: 0,
    answeredAt: '2026-11-23T04:10:00.000Z',
  },
  error: null,
  cachedFrom: null,
  createdAt: '2026-11-23T04:09:59.000Z',
  finishedAt: '2026-11-23T04:10:00.000Z',
};

export const refused: Question = {
  ...answered,
  status: 'refused',
  answer: null,
  error: {
    code: 'question_not_understood',
    message: 'The word "frobnicate" is not understood.',
    wayOut: 'Put it more simply.',
  },
};

export const rows = [
  ['North', '1200.50'],
  ['東京', '99.00'],
  ['South', null],
];

export const job: Job = {
  id: 'answer-q1',
  kind: 'answer-question',
  status: 'succeeded',
  subjectId: 'q1',
  progress: null,
  error: null,
  createdAt: '2026-11-23T04:09:59.000Z',
  startedAt: '2026-11-23T04:09:59.100Z',
  finishedAt: '2026-11-23T04:10:00.000Z',
};
