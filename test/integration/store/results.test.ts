import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cell } from '../../../contracts/question.js';
import type { Database, Transaction } from '../../../db/database.js';
import { getResultPage, saveResultPages } from '../../../db/statements/answers.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import { createQuestionRow, createSourceRow } from '../../support/store-rows.js';
import { createTestTenant, type TestTenant } from '../../support/tenants.js';

let store: TestStore;
let db: Database;
let tenant: TestTenant;
let dataSourceId: string;

beforeAll(async () => {
  store = await createTestStore();
  db = openTestDatabase(store);
  tenant = await createTestTenant(db);
  dataSourceId = await createSourceRow(db, tenant);
});

afterAll(async () => {
  await db.close();
  await store.drop();
});

const run = <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> =>
  db.withTenant(tenant.tenantId, work);

const createResult = async (pages: Cell[][][]): Promise<string> => {
  const { id } = await createQuestionRow(db, tenant, dataSourceId);
  await run((tx) => saveResultPages(tx, id, pages));
  return id;
};

test('pages come back cell by cell, and say whether another follows', async () => {
  const rows: Cell[][] = [
    [1, '9223372036854775807', null, true],
    ['NaN', '{"a": 1}', 'ünï\u2028cødé 📦 "quoted" \\ \n', false],
    [1.5e300, '', ' ', -0.1],
  ];
  const id = await createResult([rows, [[2]], [[3]]]);
  expect(await run((tx) => getResultPage(tx, id, 0))).toEqual({ rows, hasNext: true });
  expect(await run((tx) => getResultPage(tx, id, 2))).toEqual({ rows: [[3]], hasNext: false });
  expect(await run((tx) => getResultPage(tx, id, 3))).toBeUndefined();
});

test('a result of no rows has no page', async () => {
  const id = await createResult([]);
  expect(await run((tx) => getResultPage(tx, id, 0))).toBeUndefined();
});

test('pages written again replace what was there, also when there are fewer', async () => {
  const id = await createResult([[['old']], [['old']], [['old']]]);
  await run((tx) => saveResultPages(tx, id, [[['new']]]));
  expect(await run((tx) => getResultPage(tx, id, 0))).toEqual({ rows: [['new']], hasNext: false });
  expect(await run((tx) => getResultPage(tx, id, 1))).toBeUndefined();
});

test('pages of another tenant are not there', async () => {
  const id = await createResult([[['secret']]]);
  const stranger = await createTestTenant(db);
  expect(await db.withTenant(stranger.tenantId, (tx) => getResultPage(tx, id, 0))).toBeUndefined();
});
