import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScratch, type Scratch } from '../../support/scratch.js';

const HOUR_MS = 3_600_000;

describe('an untrusted DuckDB session', () => {
  let scratch: Scratch;
  let dataset: string;
  beforeAll(async () => {
    scratch = await createScratch();
    dataset = join(scratch.folder, 'dataset.parquet');
    await writeFile(join(scratch.folder, 'secret.csv'), 'secret\n42\n');
    await scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) =>
      session.run(`COPY (SELECT 7 AS seven) TO '${dataset}' (FORMAT parquet)`),
    );
  });
  afterAll(async () => await scratch.remove());

  const ask = (sql: string): Promise<unknown[][]> =>
    scratch.pool
      .withSession({ timeoutMs: HOUR_MS, isUntrusted: true, views: { numbers: dataset } }, (session) =>
        session.all(sql),
      )
      .then(({ rows }) => rows);

  it('reads its views', async () => {
    expect(await ask('SELECT seven + 1 FROM numbers')).toEqual([[8]]);
  });

  it.each([
    ['another file', "SELECT * FROM read_csv('FOLDER/secret.csv')"],
    ['another file by its name', "SELECT * FROM 'FOLDER/secret.csv'"],
    ['another file as text', "SELECT * FROM read_text('FOLDER/secret.csv')"],
    ['a list of files', "SELECT * FROM glob('FOLDER/*')"],
    ['a sniffed file', "SELECT * FROM sniff_csv('FOLDER/secret.csv')"],
    ['a web page', "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')"],
    ['a written file', "COPY (SELECT 1) TO 'FOLDER/out.csv'"],
    ['an overwritten view file', "COPY (SELECT 1) TO 'FOLDER/dataset.parquet' (USE_TMP_FILE false)"],
    ['an attached file', "ATTACH 'FOLDER/new.db'"],
    ['a setting', 'SET enable_external_access = true'],
    ['an extension', 'INSTALL httpfs'],
    ['a table', 'CREATE TABLE t AS SELECT 1'],
    ['a second statement', 'SELECT 1; SELECT 2'],
    ['a pragma', 'PRAGMA database_list'],
  ])('refuses %s', async (_what, sql) => {
    await expect(ask(sql.replace('FOLDER', scratch.folder))).rejects.toMatchObject({ code: 'query_failed' });
    expect(await ask('SELECT seven FROM numbers')).toEqual([[7]]);
  });
});
