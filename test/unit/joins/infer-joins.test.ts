import { expect, test } from '@jest/globals';
import { findJoinCandidates } from '../../../domain/joins/find-join-candidates.js';
import { type JoinProbe, scoreJoins } from '../../../domain/joins/score-joins.js';
import { isUsed, knownJoins, usedKeys } from '../../../domain/joins/used-joins.js';
import { table } from '../prompt/sample-context.js';

const candidates = (
  tables: ReturnType<typeof table>[],
  declared: Parameters<typeof findJoinCandidates>[1] = [],
) =>
  findJoinCandidates(tables, declared).map(
    (join) => `${join.fromTable}.${join.fromColumns[0]} = ${join.toTable}.${join.toColumns[0]}`,
  );

test('a column named after a table points to its key: in the plural, with words before it, and without `_id`', () => {
  expect(
    candidates([
      table('shop.customers', ['id integer pk', 'name text']),
      table('shop.addresses', ['id integer pk']),
      table('shop.orders', [
        'id integer pk',
        'customer_id integer',
        'billing_address_id integer',
        'customer integer',
      ]),
    ]),
  ).toEqual([
    'shop.orders.customer_id = shop.customers.id',
    'shop.orders.billing_address_id = shop.addresses.id',
    'shop.orders.customer = shop.customers.id',
  ]);
});

test('keys that carry their table in their name are found under it, with a prefix of all tables or an abbreviation', () => {
  expect(
    candidates([
      table('b.sbCustomer', ['sbCustId text pk']),
      table('b.sbTicker', ['sbTickerId text pk']),
      table('b.sbTransaction', ['sbTxId text pk', 'sbTxCustId text', 'sbTxTickerId text']),
      table('b.sbDailyPrice', ['sbDpTickerId text', 'sbDpDate date']),
    ]),
  ).toEqual([
    'b.sbTransaction.sbTxCustId = b.sbCustomer.sbCustId',
    'b.sbTransaction.sbTxTickerId = b.sbTicker.sbTickerId',
    'b.sbDailyPrice.sbDpTickerId = b.sbTicker.sbTickerId',
  ]);
});

test('names that say nothing join nothing: id, name, numbers of things, another type, the table’s own key', () => {
  expect(
    candidates([
      table('s.orders', ['id integer pk', 'name text', 'status_id text']),
      table('s.statuses', ['id integer pk', 'name text']),
      table('s.monthly', ['id integer pk', 'orders integer', 'order_id date']),
    ]),
  ).toEqual([]);
});

test('where several tables fit equally none is taken, and a table of the same schema comes first', () => {
  const key = ['id integer pk'];
  const many = ['a', 'b', 'c', 'd'].map((schema) => table(`${schema}.customers`, key));
  const orders = table('e.orders', ['id integer pk', 'customer_id integer']);
  expect(candidates([...many, orders])).toEqual([]);
  expect(candidates([...many, orders, table('e.customers', key)])).toEqual([
    'e.orders.customer_id = e.customers.id',
  ]);
});

test('a key that nobody declared, in another schema, is shown only where the data agrees', () => {
  const found = findJoinCandidates(
    [table('imdb.names', ['id text']), table('files.meta', ['file_name_key text'])],
    [],
  );
  expect(found).toHaveLength(1);
  expect(scoreJoins(found, new Map())).toEqual([]);
  const probe = { sampled: 50, found: 50, isUnique: true };
  expect(scoreJoins(found, new Map([[0, probe]]))[0]?.confidence).toBeGreaterThanOrEqual(0.6);
});

test('numbers of any size may be keys, also where they are declared without a scale', () => {
  expect(
    candidates([
      table('d.stores', ['store_id numeric pk']),
      table('d.orders', ['order_id numeric pk', 'store_id numeric', 'amount numeric(10,2)']),
    ]),
  ).toEqual(['d.orders.store_id = d.stores.store_id']);
});

test('a column that a declared key uses is left alone', () => {
  const tables = [
    table('s.customers', ['id integer pk']),
    table('s.orders', ['id integer pk', 'customer_id integer']),
  ];
  const declared = {
    name: 'k',
    fromTable: 's.orders',
    fromColumns: ['customer_id'],
    toTable: 's.customers',
    toColumns: ['id'],
  };
  expect(candidates(tables, [declared])).toEqual([]);
});

const EMPLOYEES = table('hr.employees', ['id integer pk', 'manager_id integer']);

test('a column named after a role points to people where nothing else is named so; one named after the end of a table to that table', () => {
  const orders = table('shop.orders', [
    'id integer pk',
    'account_manager_id integer',
    'created_by integer',
    'channel_id integer',
    'comment integer',
  ]);
  const channels = table('shop.sales_channels', ['id integer pk']);
  expect(candidates([EMPLOYEES, orders, channels])).toEqual([
    'shop.orders.account_manager_id = hr.employees.id',
    'shop.orders.created_by = hr.employees.id',
    'shop.orders.channel_id = shop.sales_channels.id',
  ]);
  // A table of the role's own name comes first, and a strong name in another schema before a weak one in its own.
  const managers = table('hr.account_managers', ['id integer pk']);
  const others = table('shop.account_employees', ['id integer pk']);
  expect(candidates([EMPLOYEES, orders, managers, others])).toContain(
    'shop.orders.account_manager_id = hr.account_managers.id',
  );
});

test('names that say little are believed only where the data says much', () => {
  const found = findJoinCandidates(
    [EMPLOYEES, table('hr.tickets', ['id integer pk', 'agent_id integer'])],
    [],
  );
  const trust = (probe?: Partial<JoinProbe>) => {
    const whole = { sampled: 8, found: 8, isUnique: true, reach: 0.9, fill: 0.9, ...probe };
    return scoreJoins(found, new Map(probe ? [[0, whole]] : []))[0]?.confidence ?? 0;
  };
  expect(found).toMatchObject([{ toTable: 'hr.employees', needsReach: true }]);
  expect(trust({})).toBeGreaterThanOrEqual(0.6);
  expect(trust()).toBeLessThan(0.6);
  expect(trust({ sampled: 3, found: 3 })).toBeLessThan(0.6);
  // 1 to 8 without a gap, of 400: the ids of a smaller table. With gaps they are some of the 400.
  expect(trust({ reach: 0.02, fill: 1 })).toBeLessThan(0.6);
  expect(trust({ reach: 0.02, fill: 0.3 })).toBeGreaterThanOrEqual(0.6);
});

test('a key of two columns is found by their names and types, unless it is the table’s own, is shared, or is no key by its names', () => {
  const levels = table('w.levels', ['warehouse_id integer pk', 'product_id integer pk', 'amount integer']);
  const moves = table('w.moves', ['id integer pk', 'warehouse_id integer', 'product_id integer']);
  const found = findJoinCandidates([levels, moves], []);
  expect(found).toMatchObject([
    { fromTable: 'w.moves', fromColumns: ['warehouse_id', 'product_id'], toTable: 'w.levels', isWeak: true },
  ]);
  const probe = { sampled: 50, found: 50, isUnique: true };
  expect(scoreJoins(found, new Map([[0, probe]]))[0]?.confidence).toBeGreaterThanOrEqual(0.6);
  expect(scoreJoins(found, new Map())[0]?.confidence).toBeLessThan(0.6);
  const prices = table('w.prices', ['warehouse_id integer pk', 'product_id integer pk']);
  expect(candidates([levels, moves, prices])).toEqual([]);
  expect(candidates([levels, table('w.texts', ['warehouse_id text', 'product_id integer'])])).toEqual([]);
  expect(
    candidates([
      table('w.budget', ['year integer pk', 'month integer pk']),
      table('w.sales', ['year integer', 'month integer']),
    ]),
  ).toEqual([]);
});

const confidence = (columns: string[], probe?: JoinProbe) => {
  const found = findJoinCandidates(
    [table('s.author', columns), table('s.writes', ['aid bigint', 'pid bigint'])],
    [],
  );
  return scoreJoins(found, new Map(probe ? [[0, probe]] : []))[0]?.confidence ?? 0;
};

test('values that are found raise the confidence; missing ones, or a far column that is no key, take it away', () => {
  const good = { sampled: 100, found: 100, isUnique: true };
  const declared = ['aid bigint pk'];
  expect(confidence(declared, good)).toBeGreaterThan(confidence(declared));
  expect(confidence(declared)).toBeGreaterThanOrEqual(0.6);
  expect(confidence(declared, { ...good, found: 40 })).toBeLessThan(0.4);
  expect(confidence(declared, { ...good, isUnique: false })).toBeLessThan(0.4);
  // A key that nobody declared is believed with the data only.
  expect(confidence(['aid bigint'])).toBeLessThan(0.6);
  expect(confidence(['aid bigint'], good)).toBeGreaterThanOrEqual(0.6);
});

test('what people decide comes before what is declared or inferred', () => {
  const ends = (column: string) => ({
    fromTable: 's.a',
    fromColumns: [column],
    toTable: 's.b',
    toColumns: ['id'],
  });
  const declared = [{ name: 'k', ...ends('declared') }];
  const inferred = [
    { ...ends('sure'), confidence: 0.9, evidence: ['names'] },
    { ...ends('doubtful'), confidence: 0.5, evidence: [] },
    { ...ends('wrong'), confidence: 0.9, evidence: [] },
  ];
  const decided = [
    { ...ends('wrong'), decision: 'rejected' as const },
    { ...ends('given'), decision: 'accepted' as const },
  ];
  const known = knownJoins(declared, inferred, decided);
  expect(known.map((join) => [join.fromColumns[0], join.source, isUsed(join)])).toEqual([
    ['declared', 'declared', true],
    ['sure', 'inferred', true],
    ['doubtful', 'inferred', false],
    ['wrong', 'inferred', false],
    ['given', 'given', true],
  ]);
  expect(usedKeys(declared, inferred, decided).map((key) => [key.fromColumns[0], key.isInferred])).toEqual([
    ['declared', undefined],
    ['sure', true],
    ['given', undefined],
  ]);
  expect(usedKeys(declared, [], [])).toEqual(declared);
});
