import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { errorRecord } from '../../../contracts/quaestor-error.js';
import { loadJoinDecisions } from '../../../db/statements/joins.js';
import { loadMappings, putMappings } from '../../../db/statements/mappings.js';
import { insertTables } from '../../../db/statements/registry/schema.js';
import { table } from '../ranking/tables.js';
import { type Call, createCaller, expectProblem } from './support/api-caller.js';
import { type ApiFixture, startApi, type TestTenant } from './support/api-fixture.js';

let api: ApiFixture;
let call: Call;
let tenant: TestTenant;
let key: string;
let source: string;
let path: string;

beforeAll(async () => {
  api = await startApi();
  call = await createCaller(api.url);
}, 60_000);
afterAll(async () => api.close());

beforeEach(async () => {
  tenant = await api.createTenant();
  key = tenant.key;
  const made = await api.createIndexedSource(tenant);
  source = made.dataSourceId;
  path = `/v1/data-sources/${source}/mappings`;
  await api.inTenant(tenant, (tx) =>
    insertTables(tx, made, [
      table('sales.orders', ['id', 'customer_id', 'total']),
      table('sales.customers', ['id', 'name']),
    ]),
  );
});

const put = (...mappings: object[]) => call('PUT', path, { key, body: { mappings } });
const list = async (query = '') => (await call('GET', `${path}${query}`, { key })).body;
const version = () => api.inTenant(tenant, async (tx) => (await loadMappings(tx, source)).version);

test('each kind is kept under canonical names and read back as it was said', async () => {
  const said = [
    { kind: 'synonym', target: 'sales.orders', text: 'purchases' },
    { kind: 'description', target: 'sales.orders.total', text: 'With tax, in euros.' },
    {
      kind: 'metric',
      name: 'revenue',
      expression: 'sum(total)',
      tables: ['sales.orders'],
      text: 'All of it.',
    },
    {
      kind: 'example',
      question: 'How many?',
      sql: 'SELECT count(*) FROM sales.orders',
      tables: ['sales.orders'],
    },
    { kind: 'instruction', text: 'Years are fiscal.' },
    { kind: 'pin', target: 'sales.customers' },
    { kind: 'exclude', target: 'sales' },
    { kind: 'area', name: 'Selling', members: ['sales.orders', 'sales'] },
  ];
  expect((await put(...said)).body).toEqual({ created: 8, updated: 0, unchanged: 0, unmatched: [] });
  const { mappings } = await list();
  expect(mappings).toHaveLength(8);
  for (const [index, one] of said.entries())
    expect(mappings[index]).toMatchObject({ ...one, status: 'accepted', origin: 'person' });
  expect((await list('?kind=synonym')).mappings).toHaveLength(1);
  expect((await list('?table=sales.orders')).mappings.map(({ kind }: { kind: string }) => kind)).toEqual([
    'synonym',
    'description',
    'metric',
    'example',
    'area',
  ]);
  const [first] = mappings;
  expect((await call('GET', `${path}/${first.id}`, { key })).body).toEqual(first);
});

test('saying it again changes nothing; saying it in other words changes what was said', async () => {
  const description = { kind: 'description', target: 'Sales.Orders', text: 'A' };
  const synonym = { kind: 'synonym', target: 'orders', text: 'purchases' };
  await put(description, synonym);
  const before = await version();
  expect((await put(description, synonym)).body).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
  expect(await version()).toBe(before);
  expect((await put({ ...description, text: 'B' }, { ...synonym, text: 'deals' })).body).toMatchObject({
    created: 1,
    updated: 1,
  });
  expect(await version()).toBe(before + 1);
  expect((await list('?kind=description')).mappings).toMatchObject([{ target: 'sales.orders', text: 'B' }]);
});

test('a list with a name that is not in the index is refused whole, with the nearest names', async () => {
  const reply = await put(
    { kind: 'pin', target: 'sales.orders' },
    { kind: 'synonym', target: 'sales.ordres', text: 'x' },
    { kind: 'synonym', target: 'sales.orders.totl', text: 'x' },
  );
  expectProblem(reply, 422, 'mapping_invalid');
  expect(reply.body.detail).toContain('sales.orders');
  expect(reply.body.details.issues).toMatchObject([
    { index: 1, name: 'sales.ordres', nearest: ['sales.orders'] },
    { index: 2, nearest: ['sales.orders.total'] },
  ]);
  expect((await list()).mappings).toEqual([]);
});

test.each([
  [{ kind: 'synonym', target: 'sales.orders' }],
  [{ kind: 'pin', target: 'sales.orders', text: 'x' }],
  [{ kind: 'example', question: 'q', sql: 'DROP TABLE orders' }],
  [{ kind: 'synonym', target: 'sales.orders', text: 'x'.repeat(101) }],
  [{ kind: 'nonsense' }],
])('%j is no mapping', async (mapping) => {
  expectProblem(await put(mapping), 400, 'invalid_request');
});

test('what a model generated waits for a person; accepted it counts, rejected it is not proposed again', async () => {
  const entry = { kind: 'description', target: 'sales.orders', text: 'Guessed.' } as const;
  const generate = () =>
    api.inTenant(tenant, (tx) =>
      putMappings(tx, { dataSourceId: source }, [entry], { origin: 'model', status: 'generated' }),
    );
  await generate();
  const [generated] = (await list('?status=generated')).mappings;
  const counted = () => api.inTenant(tenant, async (tx) => (await loadMappings(tx, source)).entries);
  expect(await counted()).toEqual([]);
  const review = (status: string) => call('PUT', `${path}/${generated.id}/status`, { key, body: { status } });
  expect((await review('rejected')).body).toMatchObject({ status: 'rejected' });
  await generate();
  expect((await list()).mappings).toMatchObject([{ status: 'rejected' }]);
  expect((await review('accepted')).body).toMatchObject({ status: 'accepted', origin: 'model' });
  expect(await counted()).toEqual([entry]);
});

test('a mapping is taken back once', async () => {
  await put({ kind: 'pin', target: 'sales.orders' });
  const [{ id }] = (await list()).mappings;
  expect((await call('DELETE', `${path}/${id}`, { key })).status).toBe(204);
  expectProblem(await call('DELETE', `${path}/${id}`, { key }), 404, 'not_found');
  expectProblem(await call('GET', `${path}/${id}`, { key }), 404, 'not_found');
});

test('the list comes in pages', async () => {
  await put(...['a', 'b', 'c'].map((text) => ({ kind: 'instruction', text })));
  const first = await list('?limit=2');
  const second = await list(`?limit=2&after=${first.nextAfter}`);
  expect([...first.mappings, ...second.mappings].map(({ text }: { text: string }) => text)).toEqual([
    'a',
    'b',
    'c',
  ]);
  expect(second.nextAfter).toBeUndefined();
});

test('a schema.yml is imported: what matches is said, joins are accepted, what does not match is told', async () => {
  const document = `
models:
  - name: orders
    description: One row an order.
    columns:
      - name: customer_id
        tests:
          - relationships: {to: ref('customers'), field: id}
  - name: refunds
    description: Not there.
`;
  const reply = await call('POST', `${path}/import`, { key, body: { document } });
  expect(reply.body).toMatchObject({
    created: 1,
    matchedTables: 1,
    joins: 1,
    unmatched: [{ name: 'refunds' }],
  });
  expect((await list()).mappings).toMatchObject([{ origin: 'dbt', text: 'One row an order.' }]);
  const [join] = await api.inTenant(tenant, (tx) => loadJoinDecisions(tx, source));
  expect(join).toEqual({
    fromTable: 'sales.orders',
    fromColumns: ['customer_id'],
    toTable: 'sales.customers',
    toColumns: ['id'],
    decision: 'accepted',
  });
});

test.each(['{"a": 1', ': : :', '{"a": 1}', 'models'])(
  '%j cannot be imported, and the reason is told',
  async (document) => {
    expectProblem(
      await call('POST', `${path}/import`, { key, body: { document } }),
      422,
      'mapping_import_unreadable',
    );
  },
);

test('an edit makes the answers before it too old for the cache', async () => {
  const body = { dataSourceId: source, question: 'How many orders?' };
  const asked = (await call('POST', '/v1/questions', { key, body })).body;
  const versionId = await api.inTenant(tenant, async (tx) => {
    const [row] = await tx.query<{ v: string }>(
      'SELECT active_version_id AS v FROM data_sources WHERE id = $1',
      [source],
    );
    return row!.v;
  });
  await api.answer(tenant, { ...asked, ...body, text: body.question, versionId });
  expect((await call('POST', '/v1/questions', { key, body })).status).toBe(200);
  await put({ kind: 'instruction', text: 'Cancelled ones do not count.' });
  expect((await call('POST', '/v1/questions', { key, body })).status).toBe(202);
});

test('a search is asked of a worker, with the tenant and what was asked for', async () => {
  const search = (body: object) => call('POST', `/v1/data-sources/${source}/search`, { key, body });
  expect((await search({ query: 'revenue', area: 'Selling', limit: 5 })).body).toMatchObject({ tables: [] });
  expect(api.engine.searches.at(-1)).toMatchObject({
    tenantId: tenant.tenantId,
    dataSourceId: source,
    query: 'revenue',
    area: 'Selling',
    limit: 5,
  });
  expectProblem(await search({ query: ' ' }), 400, 'invalid_request');
  const found = api.engine.searchResult;
  api.engine.searchResult = { error: errorRecord('subject_area_unknown', 'There is none.') };
  expectProblem(await search({ query: 'x' }), 422, 'subject_area_unknown');
  api.engine.searchResult = found;
});

test('nobody else sees, says, takes back or searches anything of this data source', async () => {
  await put({ kind: 'pin', target: 'sales.orders' });
  const [{ id }] = (await list()).mappings;
  const other = await api.createTenant();
  const body = { mappings: [{ kind: 'pin', target: 'sales.orders' }] };
  for (const [method, at, sent] of [
    ['GET', path, undefined],
    ['PUT', path, body],
    ['POST', `${path}/import`, { document: 'models: []' }],
    ['GET', `${path}/${id}`, undefined],
    ['DELETE', `${path}/${id}`, undefined],
    ['PUT', `${path}/${id}/status`, { status: 'rejected' }],
    ['POST', `/v1/data-sources/${source}/search`, { query: 'x' }],
  ] as const)
    expectProblem(await call(method, at, { key: other.key, body: sent }), 404, 'not_found');
  expect((await list()).mappings).toMatchObject([{ status: 'accepted' }]);
});

test('joins are given, rejected and taken back by name, and a column that is not there is refused', async () => {
  const joins = `/v1/data-sources/${source}/joins`;
  const join = {
    fromTable: 'orders',
    fromColumns: ['CUSTOMER_ID'],
    toTable: 'sales.customers',
    toColumns: ['id'],
  };
  const decide = (decision: string | null) =>
    call('PUT', joins, { key, body: { joins: [{ ...join, decision }] } });
  const read = async () => (await call('GET', `${joins}?table=sales.orders`, { key })).body.joins;
  expect(await read()).toEqual([]);
  expect((await decide('accepted')).body).toMatchObject({ updated: 1 });
  expect(await read()).toEqual([
    {
      fromTable: 'sales.orders',
      fromColumns: ['customer_id'],
      toTable: 'sales.customers',
      toColumns: ['id'],
      source: 'given',
      confidence: 1,
      evidence: [],
      decision: 'accepted',
    },
  ]);
  expect((await decide('rejected')).body).toMatchObject({ updated: 1 });
  expect(await read()).toMatchObject([{ decision: 'rejected' }]);
  await decide(null);
  expect(await read()).toEqual([]);
  const wrong = { ...join, toColumns: ['idd'], decision: 'accepted' };
  const refused = await call('PUT', joins, { key, body: { joins: [wrong] } });
  expectProblem(refused, 422, 'mapping_invalid');
  expect(refused.body.detail).toContain('sales.customers.id');
  const other = await api.createTenant();
  expectProblem(await call('GET', joins, { key: other.key }), 404, 'not_found');
  expectProblem(
    await call('PUT', joins, { key: other.key, body: { joins: [{ ...join, decision: 'rejected' }] } }),
    404,
    'not_found',
  );
});

test('the built-in model proposes no descriptions: nothing is started, and the answer says what is needed', async () => {
  const refused = await call('POST', `/v1/data-sources/${source}/descriptions`, { key, body: {} });
  expectProblem(refused, 422, 'model_not_configured');
  expect(api.engine.descriptions).toEqual([]);
  expect((await call('GET', '/v1/jobs', { key })).body).toMatchObject({ jobs: [] });
});
