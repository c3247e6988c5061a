import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { profileInParts, profileParquet } from '../../../activities/datasets/profile/profile-parquet.js';
import { queryRowsOfSession } from '../../../activities/datasets/profile/query-rows-of-session.js';
import { createScratch, type Scratch } from './support/scratch.js';

const HOUR_MS = 3_600_000;

describe('a profile made in a process of the pool', () => {
  let scratch: Scratch;
  let path: string;
  beforeAll(async () => {
    scratch = await createScratch();
    path = join(scratch.folder, 'table.parquet');
    await scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) =>
      session.run(
        `COPY (SELECT i + 1 AS __row, i AS id, CAST(i * 1.25 AS DECIMAL(9,2)) AS price, 'user' || i || '@example.org' AS email, DATE '2020-01-01' + CAST(i % 40 AS INTEGER) AS day FROM range(2000) r(i)) TO '${path}' (FORMAT parquet)`,
      ),
    );
  });
  afterAll(async () => await scratch.remove());

  it('has exact figures, and tells each batch of columns before the whole is done', async () => {
    const told: string[][] = [];
    const profile = await scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) =>
      profileParquet({
        query: queryRowsOfSession(session),
        path,
        onBatch: async ({ columns }) => {
          told.push(columns.map(({ name }) => name));
        },
      }),
    );
    expect(told.flat()).toEqual(['id', 'price', 'email', 'day']);
    expect(profile).toMatchObject({ rows: 2000, duplicateRows: 0 });
    expect(profile.columns[1]).toMatchObject({ min: '0.00', max: '2498.75', numbers: { sum: '2498750.00' } });
    expect(profile.findings.filter(({ level }) => level === 'warning')).toEqual([]);
  });

  it('goes on after the columns that an earlier attempt has done, without looking at them again', async () => {
    const { whole, second, statements } = await scratch.pool.withSession(
      { timeoutMs: HOUR_MS },
      async (session) => {
        const query = queryRowsOfSession(session);
        const first = await profileInParts({ query, path });
        const done = first.columns.slice(0, 2);
        const findings = first.findings.filter(({ column }) => done.some(({ name }) => name === column));
        const asked: string[] = [];
        const again = await profileInParts({
          query: async (sql) => {
            asked.push(sql);
            return await query(sql);
          },
          path,
          finished: { columns: done, findings },
          onBatch: async () => {
            asked.push('batch done');
          },
        });
        return { whole: first, second: again, statements: asked };
      },
    );
    expect(second.columns).toEqual(whole.columns);
    expect(second.findings).toEqual(whole.findings);
    const ofColumns = statements.slice(0, statements.indexOf('batch done'));
    expect(ofColumns.join('\n')).not.toMatch(/"(id|price)"/);
    expect(ofColumns.join('\n')).toContain('"email"');
  });

  it('ends with the reason of the signal when it is cancelled between two statements', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled by the test');
    const work = scratch.pool.withSession({ timeoutMs: HOUR_MS, signal: controller.signal }, (session) => {
      const query = queryRowsOfSession(session);
      let count = 0;
      return profileParquet({
        path,
        query: async (sql) => {
          count += 1;
          if (count === 5) {
            controller.abort(reason);
            return await query(
              'SELECT sum(hash(a.range * b.range)) FROM range(10000000) a, range(10000000) b',
            );
          }
          return await query(sql);
        },
      });
    });
    await expect(work).rejects.toBe(reason);
  });
});
