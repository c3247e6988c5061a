import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { matchDbt } from '../../../domain/mapping/match-dbt.js';
import { NameBook } from '../../../domain/mapping/name-book.js';
import { readDbt } from '../../../domain/mapping/read-dbt.js';
import { table } from '../ranking/tables.js';

const book = new NameBook([
  table('analytics.orders', ['order_id', 'customer_id', 'amount']),
  table('analytics.customers', ['customer_id', 'name']),
  table('raw.payments', ['id', 'order_id']),
]);

/** As dbt 1.7 writes it, shortened to what is read and some of what is not. */
const manifest = {
  metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v11.json' },
  nodes: {
    'model.shop.orders': {
      resource_type: 'model',
      database: 'dev',
      schema: 'dev_jane',
      name: 'orders',
      alias: 'orders',
      description: 'One row an order.',
      meta: { synonyms: ['purchases'] },
      columns: {
        order_id: { name: 'order_id', description: 'Its number.' },
        vat: { name: 'vat', description: 'Not built yet.' },
        amount: { name: 'AMOUNT', description: '' },
      },
    },
    'model.shop.customers': {
      resource_type: 'model',
      schema: 'analytics',
      name: 'stg_customers',
      alias: 'customers',
      description: '',
      columns: {},
    },
    'model.shop.refunds': { resource_type: 'model', schema: 'analytics', name: 'refunds', columns: {} },
    'test.shop.relationships_orders': {
      resource_type: 'test',
      test_metadata: {
        name: 'relationships',
        kwargs: { to: "ref('stg_customers')", field: 'customer_id', column_name: 'customer_id' },
      },
      column_name: 'customer_id',
      attached_node: 'model.shop.orders',
      depends_on: { nodes: ['model.shop.customers', 'model.shop.orders'] },
    },
    'test.shop.unique_orders': { resource_type: 'test', test_metadata: { name: 'unique', kwargs: {} } },
  },
  sources: {
    'source.shop.raw.payments': {
      resource_type: 'source',
      schema: 'raw',
      name: 'pay',
      identifier: 'payments',
      description: 'Paid by card.',
      columns: {},
    },
  },
  semantic_models: {
    'semantic_model.shop.orders': {
      node_relation: { schema_name: 'dev_jane', alias: 'orders' },
      measures: [{ name: 'order_total', agg: 'sum', expr: 'amount' }],
    },
  },
  metrics: {
    'metric.shop.revenue': {
      name: 'revenue',
      label: 'Revenue',
      description: 'All that was ordered.',
      type: 'simple',
      type_params: { measure: { name: 'order_total' } },
      depends_on: { nodes: ['semantic_model.shop.orders'] },
    },
    'metric.shop.growth': { name: 'growth', type: 'derived', type_params: { expr: 'revenue / last' } },
  },
};

test('of a manifest, what the index has is taken over, and the rest is told', () => {
  const matched = matchDbt(readDbt(manifest)!, book);
  expect(matched.entries).toEqual([
    { kind: 'description', target: 'analytics.orders', text: 'One row an order.' },
    { kind: 'synonym', target: 'analytics.orders', text: 'purchases' },
    { kind: 'description', target: 'analytics.orders.order_id', text: 'Its number.' },
    { kind: 'description', target: 'raw.payments', text: 'Paid by card.' },
    {
      kind: 'metric',
      name: 'Revenue',
      expression: 'sum(amount)',
      tables: ['analytics.orders'],
      text: 'All that was ordered.',
    },
  ]);
  expect(matched.joins).toEqual([
    {
      fromTable: 'analytics.orders',
      fromColumns: ['customer_id'],
      toTable: 'analytics.customers',
      toColumns: ['customer_id'],
    },
  ]);
  expect(matched.matchedTables).toBe(3);
  expect(matched.unmatched.map(({ name }) => name)).toEqual([
    'dev_jane.orders.vat',
    'analytics.refunds',
    'growth',
  ]);
});

test('of a schema.yml, models, sources, tests in the old and the new spelling, and metrics', () => {
  const document: unknown = parse(`
version: 2
models:
  - name: orders
    description: "{{ doc('orders') }}"
    columns:
      - name: order_id
        description: Its number.
        tests: [unique, not_null]
      - name: customer_id
        data_tests:
          - relationships:
              arguments: {to: ref('customers'), field: customer_id}
  - name: customers
    columns: []
sources:
  - name: raw
    tables:
      - name: payments
        description: Paid by card.
        columns:
          - name: order_id
            tests:
              - relationships: {to: ref('orders'), field: order_id}
semantic_models:
  - name: orders
    model: ref('orders')
    measures: [{name: order_count, agg: count_distinct, expr: order_id}]
metrics:
  - name: orders_placed
    type: simple
    type_params: {measure: order_count}
  - name: old_style
    model: ref('orders')
    calculation_method: average
    expression: amount
`);
  const matched = matchDbt(readDbt(document)!, book);
  // A description in another file is not known here.
  expect(matched.entries).toEqual([
    { kind: 'description', target: 'analytics.orders.order_id', text: 'Its number.' },
    { kind: 'description', target: 'raw.payments', text: 'Paid by card.' },
    {
      kind: 'metric',
      name: 'orders_placed',
      expression: 'count(DISTINCT order_id)',
      tables: ['analytics.orders'],
    },
    { kind: 'metric', name: 'old_style', expression: 'avg(amount)', tables: ['analytics.orders'] },
  ]);
  expect(matched.joins.map(({ fromTable, toTable }) => [fromTable, toTable])).toEqual([
    ['analytics.orders', 'analytics.customers'],
    ['raw.payments', 'analytics.orders'],
  ]);
  expect(matched.unmatched).toEqual([]);
});

test.each([[{}], [{ models: 7 }], [[]], ['text'], [null], [{ version: 2 }]])(
  '%j is no dbt document',
  (document) => {
    expect(readDbt(document)).toBeUndefined();
  },
);

test('a document with nonsense in every place is read without an error', () => {
  const nonsense = [null, 7, 'x', [], {}, [[]], { columns: 'x' }, { columns: [null, 7] }];
  for (const value of nonsense) {
    readDbt({ models: [value], sources: [value], metrics: [value], semantic_models: [value] });
    readDbt({ nodes: { a: value }, sources: { b: value }, metrics: { c: value }, semantic_models: value });
  }
});
