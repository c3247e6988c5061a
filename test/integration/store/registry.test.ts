import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { removeUnusedVersions } from '../../../activities/registry/remove-unused-versions.js';
import type { Database, Transaction } from '../../../db/database.js';
import { getDataSource } from '../../../db/statements/data-sources.js';
import { markJobFinished } from '../../../db/statements/jobs.js';
import { insertQuestion, markQuestionFinished } from '../../../db/statements/questions.js';
import {
  findKnownContents,
  insertItems,
  loadBatch,
  loadTableVectors,
  saveEmbeddings,
  saveRefusals,
} from '../../../db/statements/registry/items.js';
import { setDimensions } from '../../../db/statements/registry/plan.js';
import { insertForeignKeys, insertTables, loadSchema } from '../../../db/statements/registry/schema.js';
import {
  activateVersion,
  completeVersion,
  openVersion,
  takeActiveVersion,
} from '../../../db/statements/registry/versions.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import {
  createJobRow,
  createSourceRow,
  hashOf,
  registryItem,
  registryTable,
} from '../../support/store-rows.js';
import { createTestTenant, type TestTenant } from '../../support/tenants.js';

/** Takes a version without a question that would hold it. */
const NO_QUESTION = '00000000-0000-7000-8000-000000000000';

let store: TestStore;
let db: Database;
let tenant: TestTenant;
let dataSourceId: string;

beforeAll(async () => {
  store = await createTestStore();
  db = openTestDatabase(store);
  tenant = await createTestTenant(db);
});

beforeEach(async () => {
  dataSourceId = await createSourceRow(db, tenant);
});

afterAll(async () => {
  await db.close();
  await store.drop();
});

const run = <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> =>
  db.withTenant(tenant.tenantId, work);

/** Vectors in the plane: the angle between two contents is told by their numbers. */
const vector = (degrees: number): Float32Array =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));

/** A version with one table and these contents to embed; its job runs on until `finish`. */
async function build(
  contents: readonly string[],
  table = 'orders',
  batches: readonly (number | null)[] = [],
) {
  const jobId = await createJobRow(db, tenant, { kind: 'index-source', subjectId: dataSourceId });
  const key = { dataSourceId, versionId: uuidv7() };
  await run(async (tx) => {
    await openVersion(tx, { id: key.versionId, dataSourceId, jobId });
    await insertTables(tx, key, [registryTable('public', table, ['id', 'note'])]);
    await insertItems(
      tx,
      key,
      contents.map((content, index) => ({ ...registryItem(content), batch: batches[index] ?? null })),
    );
    await completeVersion(tx, key.versionId, { tables: 1, columns: 2, skipped: [] });
  });
  return {
    jobId,
    ...key,
    embed: (degrees = 0, model = 'm') =>
      run((tx) =>
        saveEmbeddings(
          tx,
          { dataSourceId, model, dimensions: 2 },
          contents.map((content) => ({ contentHash: hashOf(content), vector: vector(degrees) })),
        ),
      ),
    /** Switches it on, ends its job, and clears up. */
    activate: async (embeddingModel = 'm', dimensions = 2) => {
      const counts = await run(async (tx) => {
        await setDimensions(tx, key.versionId, dimensions);
        const version = { id: key.versionId, dataSourceId, embeddingModel };
        const done = await activateVersion(tx, version);
        await markJobFinished(tx, jobId, 'succeeded');
        return done;
      });
      const { tenantId } = tenant;
      await removeUnusedVersions({ db }, { tenantId, dataSourceId }, new AbortController().signal);
      return counts;
    },
  };
}

const count = async (table: string): Promise<number> =>
  (
    await run((tx) =>
      tx.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE data_source_id = $1`, [
        dataSourceId,
      ]),
    )
  )[0]!.n;

const embeddedContents = async (): Promise<string[]> => {
  const known = ['one', 'two', 'three'];
  const rows = await run((tx) =>
    tx.query<{ model: string; content_hash: Buffer }>(
      'SELECT model, content_hash FROM embeddings WHERE data_source_id = $1 ORDER BY 1, 2',
      [dataSourceId],
    ),
  );
  return rows
    .map((row) => `${row.model}: ${known.find((content) => hashOf(content).equals(row.content_hash))}`)
    .sort();
};

describe('versions', () => {
  test('opened again by the same job start over, with nothing of the first attempt', async () => {
    const first = await build(['one', 'two']);
    const again = { id: uuidv7(), dataSourceId, jobId: first.jobId };
    await run((tx) => openVersion(tx, again));
    for (const table of ['registry_tables', 'registry_columns', 'registry_items'])
      expect(await count(table)).toBe(0);
    expect(await count('registry_versions')).toBe(1);
  });

  test('that are building do not answer questions; the source shows nothing of them', async () => {
    await build(['one']);
    expect(await run((tx) => takeActiveVersion(tx, NO_QUESTION, dataSourceId))).toBeUndefined();
    expect(await run((tx) => getDataSource(tx, dataSourceId))).toMatchObject({
      status: 'new',
      tables: null,
      indexedAt: null,
    });
  });

  test('are switched on in one step, twice as well as once; the one before is removed', async () => {
    const old = await build(['one'], 'old_orders');
    await old.embed();
    expect(await old.activate()).toEqual({ tables: 1, columns: 2 });
    const fresh = await build(['one', 'two'], 'new_orders');
    await fresh.embed();
    expect(await run((tx) => takeActiveVersion(tx, NO_QUESTION, dataSourceId))).toEqual({
      id: old.versionId,
      embeddingModel: 'm',
    });

    await fresh.activate();
    const source = await run((tx) => getDataSource(tx, dataSourceId));
    expect(await fresh.activate()).toEqual({ tables: 1, columns: 2 });
    expect(await run((tx) => getDataSource(tx, dataSourceId))).toEqual(source);
    expect(source).toMatchObject({ status: 'ready', tables: 1, columns: 2 });
    expect(await run((tx) => takeActiveVersion(tx, NO_QUESTION, dataSourceId))).toEqual({
      id: fresh.versionId,
      embeddingModel: 'm',
    });
    expect(await count('registry_versions')).toBe(1);
    expect(
      (await run((tx) => loadSchema(tx, fresh.versionId))).tables.map((table) => table.tableName),
    ).toEqual(['new_orders']);
    expect((await run((tx) => loadSchema(tx, old.versionId))).tables).toEqual([]);
  });

  test('stay while a question is answered from them, and go with the next activation after it has ended', async () => {
    const old = await build(['one'], 'old_orders');
    await old.embed();
    await old.activate();
    const questionId = uuidv7();
    const jobId = await createJobRow(db, tenant, { kind: 'answer-question', subjectId: questionId });
    await run(async (tx) => {
      const { userId } = tenant;
      await insertQuestion(tx, { id: questionId, userId, dataSourceId, jobId, text: 'How many orders?' });
      expect(await takeActiveVersion(tx, questionId, dataSourceId)).toMatchObject({ id: old.versionId });
    });
    const second = await build(['two'], 'second_orders');
    await second.embed();
    await second.activate();
    expect((await run((tx) => loadSchema(tx, old.versionId))).tables).toHaveLength(1);

    await run((tx) => markQuestionFinished(tx, questionId, 'answered'));
    const third = await build(['three'], 'third_orders');
    await third.embed();
    await third.activate();
    expect((await run((tx) => loadSchema(tx, old.versionId))).tables).toEqual([]);
    expect(await count('registry_versions')).toBe(1);
  });

  test('whose switching on breaks off leave the old one active and whole', async () => {
    const old = await build(['one']);
    await old.embed();
    await old.activate();
    const fresh = await build(['two']);
    const attempt = run(async (tx) => {
      await activateVersion(tx, { id: fresh.versionId, dataSourceId, embeddingModel: 'm' });
      throw new Error('broken off');
    });
    await expect(attempt).rejects.toThrow('broken off');
    expect(await run((tx) => takeActiveVersion(tx, NO_QUESTION, dataSourceId))).toEqual({
      id: old.versionId,
      embeddingModel: 'm',
    });
    expect(await embeddedContents()).toEqual(['m: one']);
  });

  test('that are gone cannot be switched on', async () => {
    await expect(
      run((tx) => activateVersion(tx, { id: uuidv7(), dataSourceId, embeddingModel: 'm' })),
    ).rejects.toThrow('is gone');
  });
});

describe('vectors', () => {
  test('of contents that no version has, or of a model that none uses, are removed at activation', async () => {
    const old = await build(['one', 'two']);
    await old.embed();
    await old.activate();
    const next = await build(['two', 'three']);
    await next.embed();
    await next.activate();
    expect(await embeddedContents()).toEqual(['m: three', 'm: two']);

    const other = await build(['two', 'three']);
    await other.embed(0, 'better');
    await other.activate('better');
    expect(await embeddedContents()).toEqual(['better: three', 'better: two']);
  });

  test('of other dimensions or of contents that the model refuses are told apart from what is known', async () => {
    const version = await build(['one', 'two', 'three', 'four'], 'orders', [null, null, null, 7]);
    await run(async (tx) => {
      const key = { dataSourceId, model: 'm' };
      const contentHash = hashOf('one');
      await saveEmbeddings(tx, { ...key, dimensions: 2 }, [{ contentHash, vector: vector(0) }]);
      await saveRefusals(tx, key, [{ contentHash: hashOf('two'), reason: 'No.' }]);
    });
    const known = async (dimensions: number | null, model = 'm') => {
      const hashes = ['one', 'two', 'three', 'four'].map(hashOf);
      const key = { dataSourceId, model, dimensions };
      const found = await run((tx) => findKnownContents(tx, key, version.versionId, hashes));
      return hashes.map((hash) => found.get(hash.toString('hex')));
    };
    expect(await known(2)).toEqual(['embedded', 'refused', undefined, { batch: 7 }]);
    expect(await known(3)).toEqual([undefined, 'refused', undefined, { batch: 7 }]);
    expect(await known(null)).toEqual([undefined, 'refused', undefined, { batch: 7 }]);
    expect(await known(2, 'another')).toEqual([undefined, undefined, undefined, { batch: 7 }]);
  });

  test('of a finished batch are not asked for again; of an unfinished one only what is missing', async () => {
    const version = await build(['one', 'two', 'three', 'three'], 'orders', [0, 1, 1, 1]);
    const key = { dataSourceId, model: 'm', dimensions: 2 };
    const load = async (batch: number) =>
      (await run((tx) => loadBatch(tx, key, version.versionId, batch))).map((item) => item.content).sort();
    expect(await load(0)).toEqual(['one']);
    expect(await load(1)).toEqual(['three', 'two']);
    const keep = (content: string) =>
      run((tx) => saveEmbeddings(tx, key, [{ contentHash: hashOf(content), vector: vector(0) }]));
    await keep('one');
    await keep('two');
    expect(await load(0)).toEqual([]);
    expect(await load(1)).toEqual(['three']);
    expect(await load(2)).toEqual([]);
  });

  test('come back as the nearest 16-bit floats, whatever their size', async () => {
    const values = [
      0,
      -0,
      1,
      -1,
      0.1,
      1 / 3,
      65_504,
      2 ** -14,
      2 ** -24,
      2 ** -26,
      1.000_976_562_5,
      1e-5,
      -0.000_123,
    ];
    await run((tx) =>
      saveEmbeddings(tx, { dataSourceId, model: 'm', dimensions: values.length }, [
        { contentHash: hashOf('binary'), vector: Float32Array.from(values) },
      ]),
    );
    const [row] = await run((tx) =>
      tx.query<{ same: boolean; dimensions: number }>(
        `SELECT vector = $2::float4[]::real[]::vector::halfvec AS same, vector_dims(vector) AS dimensions
         FROM embeddings WHERE data_source_id = $1 AND content_hash = $3`,
        [dataSourceId, values, hashOf('binary')],
      ),
    );
    expect(row).toEqual({ same: true, dimensions: values.length });
  });

  test('of tables are those of the version and the model that it was made with, of length 1', async () => {
    const version = await build(['one', 'two']);
    await version.embed(30);
    await version.embed(60, 'another');
    const load = (versionId: string) => run((tx) => loadTableVectors(tx, versionId));
    expect(await load(version.versionId)).toEqual([]);
    await version.activate();
    const vectors = await load(version.versionId);
    expect(vectors.map(({ canonicalTableName }) => canonicalTableName)).toEqual([
      'public.orders',
      'public.orders',
    ]);
    for (const { vector: found } of vectors) {
      expect(Math.hypot(...found)).toBeCloseTo(1, 5);
      expect(found[0]).toBeCloseTo(Math.cos(Math.PI / 6), 3);
    }
    expect(await load(uuidv7())).toEqual([]);
  });
});

describe('schemas', () => {
  test('come back as they were written, whatever their names and numbers', async () => {
    const version = await build([]);
    const odd = {
      ...registryTable('a"b', 'sales.2024 📦', ['größe', 'say "hi"', "it's; DROP TABLE x"]),
      kind: 'partitioned-table' as const,
      comment: 'Line 1\nLine 2 \\ {"a": null}',
      estimatedRows: 9_007_199_254_740_991,
    };
    odd.columns[0] = {
      ...odd.columns[0]!,
      dataType: 'numeric(12,2)[]',
      isPrimaryKey: true,
      isNullable: false,
      comment: '{1,2}',
    };
    const foreignKey = {
      name: 'self "ref"',
      fromTable: odd.canonicalTableName,
      fromColumns: ['größe', 'say "hi"'],
      toTable: odd.canonicalTableName,
      toColumns: ["it's; DROP TABLE x", 'größe'],
    };
    const missing = { ...foreignKey, name: 'to nowhere', toTable: 'public.gone' };
    const told = await run(async (tx) => {
      await insertTables(tx, version, [odd]);
      return await insertForeignKeys(tx, version, [foreignKey, missing]);
    });
    expect(told).toBe(1);
    const schema = await run((tx) => loadSchema(tx, version.versionId));
    expect(schema.tables.find((table) => table.tableName === odd.tableName)).toEqual(odd);
    expect(schema.foreignKeys).toEqual([foreignKey]);
  });

  test('of 1,600 columns and of no table at all are written', async () => {
    const version = await build([]);
    const wide = registryTable(
      'public',
      'wide',
      Array.from({ length: 1_600 }, (_, index) => `c${index}`),
    );
    await run((tx) => insertTables(tx, version, [wide]));
    await run((tx) => insertTables(tx, version, []));
    const { tables } = await run((tx) => loadSchema(tx, version.versionId));
    expect(tables.find((table) => table.tableName === 'wide')?.columns).toHaveLength(1_600);
  });
});
