import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cell } from '../../../contracts/question.js';
import type { Database } from '../../../db/database.js';
import { saveResultPages } from '../../../db/statements/answers.js';
import { putMappings } from '../../../db/statements/mappings.js';
import {
  getExampleToCheck,
  haveFingerprint,
  listVerifiedExamples,
  saveVerifiedExample,
} from '../../../db/statements/verified-examples.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import { createQuestionRow, createSourceRow } from '../../support/store-rows.js';
import { createTestTenant } from '../../support/tenants.js';

let store: TestStore;
let db: Database;

beforeAll(async () => {
  store = await createTestStore();
  db = openTestDatabase(store);
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

const columns = [
  { name: 'day', type: 'text' },
  { name: 'sum', type: 'float8' },
  { name: 'exact', type: 'numeric' },
];
const rows: Cell[][] = [
  ['1', 5494123.123456789, '1.123456789012345'],
  ['2', null, null],
  ['3', 1.5e-300, '0'],
];

test.each<[string, (rows: Cell[][]) => Cell[][], boolean]>([
  ['the same rows are as verified', (given) => given, true],
  ['the same in another order are as verified', (given) => [...given].reverse(), true],
  [
    'a sum that differs in its last digits is as verified',
    ([first, ...rest]) => [['1', 5494123.123456782, first![2]!], ...rest],
    true,
  ],
  [
    'a sum that differs in its ninth digit is told',
    ([first, ...rest]) => [['1', 5494123.13, first![2]!], ...rest],
    false,
  ],
  [
    'an exact number that differs in its last digit is told',
    ([first, ...rest]) => [['1', first![1]!, '1.123456789012344'], ...rest],
    false,
  ],
  ['a missing number that is there is told', (given) => given.with(1, ['2', 0, null]), false],
  ['one row less is told', (given) => given.slice(1), false],
])('%s', async (_, change, isSame) => {
  const tenant = await createTestTenant(db);
  const dataSourceId = await createSourceRow(db, tenant);
  const { id: questionId } = await createQuestionRow(db, tenant, dataSourceId);
  await db.withTenant(tenant.tenantId, async (tx) => {
    await saveResultPages(tx, questionId, [rows.slice(0, 2), rows.slice(2)]);
    const said = { question: 'Sums', sql: 'SELECT 1' };
    await putMappings(tx, { dataSourceId }, [{ kind: 'example', ...said }], { origin: 'answer' });
    await saveVerifiedExample(tx, {
      ...{ ground: { dataSourceId }, ...said, questionId, rowsOf: questionId },
      ...{ userId: tenant.userId, columns, rowCount: rows.length },
    });
    const [saved] = await listVerifiedExamples(tx, { dataSourceId }, 1);
    const { fingerprint } = (await getExampleToCheck(tx, saved!.id))!;
    expect(await haveFingerprint(tx, { columns, rows: change(rows) }, fingerprint)).toBe(isSame);
  });
});

test('a fingerprint of the exact cells, from before floating-point numbers were rounded, still counts', async () => {
  const tenant = await createTestTenant(db);
  await db.withTenant(tenant.tenantId, async (tx) => {
    const [exact] = await tx.query<{ fingerprint: string }>(
      `SELECT md5(string_agg(md5(r.row::text), '' ORDER BY md5(r.row::text))) AS fingerprint
       FROM jsonb_array_elements($1::jsonb) AS r(row)`,
      [JSON.stringify(rows)],
    );
    expect(await haveFingerprint(tx, { columns, rows }, exact!.fingerprint)).toBe(true);
  });
});
