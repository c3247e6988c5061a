import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { profileInParts, profileParquet } from '../../../activities/datasets/profile/profile-parquet.js';
import { queryRowsOfSession } from '../../../activities/datasets/profile/query-rows-of-session.js';
import { createScratch, type Scratch } from '../../support/scratch.js';

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

  it('estimates of a large file are near the truth and labelled; what is told as exact is exact', async () => {
    const large = join(scratch.folder, 'large.parquet');
    const profile = await scratch.pool.withSession({ timeoutMs: HOUR_MS }, async (session) => {
      await session.run(
        `COPY (SELECT i + 1 AS __row, i * 3 AS id, hash(i) % 400000 AS account, sqrt(i) AS root, 'n' || (hash(i, 1) % 300000) AS note, 'same' || (i % 5) AS kind, 'same' || (i % 5) AS twin FROM range(600000) r(i)) TO '${large}' (FORMAT parquet)`,
      );
      return await profileParquet({ query: queryRowsOfSession(session), path: large });
    });
    const of = (name: string) => profile.columns.find((column) => column.name === name)!;
    expect(of('id')).toMatchObject({ distinct: 600_000, unique: 600_000, min: '0', max: '1799997' });
    expect(of('id').approximate?.distinct).toBeUndefined();
    expect(profile.candidateKeys).toContainEqual(['id']);
    // 600,000 draws of 400,000 values: 400,000 × (1 − e^−1.5).
    const { distinct, approximate } = of('account');
    const error = approximate?.distinct?.relativeError ?? 0;
    expect(error).toBeGreaterThan(0);
    expect(Math.abs(distinct / 310_748 - 1)).toBeLessThan(5 * error);
    const root = of('root');
    const rankError = root.approximate?.quantiles?.rankError ?? 0;
    expect(rankError).toBeLessThan(0.002);
    // Rank of the estimated median: i = median² of 600,000.
    expect(Math.abs(root.quantiles!.median ** 2 / 600_000 - 0.5)).toBeLessThan(5 * rankError);
    expect(root.numbers?.mean).toBeCloseTo((2 / 3) * Math.sqrt(600_000), 1);
    expect(root.histogram?.reduce((sum, { count }) => sum + count, 0)).toBeCloseTo(600_000, -2);
    expect(of('kind').approximate?.distinct).toBeUndefined();
    expect(profile.findings).toContainEqual(
      expect.objectContaining({ kind: 'duplicate-column', column: 'twin' }),
    );
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
