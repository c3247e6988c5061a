import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScratch, type Scratch } from '../../support/scratch.js';
import { waitUntil } from '../../support/wait-until.js';

const HOUR_MS = 3_600_000;
const ENDLESS = 'SELECT sum(hash(a.range * b.range)) FROM range(10000000) a, range(10000000) b';

describe('the DuckDB pool', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await createScratch();
    await scratch.pool.warmUp(2);
  });
  afterAll(async () => await scratch.remove());

  it('gives cells exactly: whole numbers beyond 2^53, decimals, dates and nested values', async () => {
    const { columns, rows } = await scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) =>
      session.all(
        `SELECT 42::BIGINT a, 9007199254740993 b, 1.10::DECIMAL(18,2) c, DATE '2024-02-29' d,
                TIMESTAMPTZ '2024-02-29 12:00:00+02' e, [9007199254740993, NULL] f, {'g': true} g, $1 h`,
        ["O'Hara"],
      ),
    );
    expect(rows).toEqual([
      [
        42,
        '9007199254740993',
        '1.10',
        '2024-02-29',
        '2024-02-29 10:00:00+00',
        ['9007199254740993', null],
        { g: true },
        "O'Hara",
      ],
    ]);
    expect(columns.slice(0, 3)).toEqual([
      { name: 'a', type: 'BIGINT' },
      { name: 'b', type: 'BIGINT' },
      { name: 'c', type: 'DECIMAL(18,2)' },
    ]);
  });

  it('streams a result that is larger than what may be in flight, and lets a reader leave early', async () => {
    await scratch.pool.withSession({ timeoutMs: HOUR_MS }, async (session) => {
      let count = 0;
      for await (const rows of session.stream('SELECT range FROM range(100000)')) count += rows.length;
      expect(count).toBe(100_000);
      for await (const rows of session.stream('SELECT range FROM range(100000000)')) {
        expect(rows[0]).toEqual([0]);
        break;
      }
      expect((await session.all('SELECT 1')).rows).toEqual([[1]]);
    });
  });

  it('whoever is cancelled while a process starts does not wait for it, and the next one gets it', async () => {
    const other = await createScratch({ maxProcesses: 1 });
    try {
      const cancelled = new AbortController();
      const waiting = other.pool.withSession(
        { timeoutMs: HOUR_MS, signal: cancelled.signal },
        async () => 'worked',
      );
      cancelled.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
      expect(await other.pool.withSession({ timeoutMs: HOUR_MS }, async () => 'worked')).toBe('worked');
    } finally {
      await other.remove();
    }
  });

  it('a process that is kept warm is replaced when it was killed, and whoever waited meanwhile gets the new one', async () => {
    const other = await createScratch({ maxProcesses: 1 });
    const pids: number[] = [];
    try {
      other.pool.keepWarm(1);
      const killed = other.pool.withSession({ timeoutMs: 2_000 }, async (session) => {
        pids.push(session.pid);
        await session.all(ENDLESS);
      });
      const waiting = other.pool.withSession({ timeoutMs: HOUR_MS }, async (session) => {
        pids.push(session.pid);
        return (await session.all('SELECT 1')).rows;
      });
      await expect(killed).rejects.toMatchObject({ code: 'query_timed_out' });
      expect(await waiting).toEqual([[1]]);
      expect(new Set(pids).size).toBe(2);
    } finally {
      await other.remove();
    }
  });

  it('gives each session a database of its own and leaves no spill folder', async () => {
    await scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) =>
      session.run('CREATE TABLE t AS SELECT 1'),
    );
    await expect(
      scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) => session.run('SELECT * FROM t')),
    ).rejects.toMatchObject({ code: 'query_failed' });
    expect(await readdir(join(scratch.folder, 'spill'))).toEqual([]);
  });

  it('kills what takes longer than allowed, and works on', async () => {
    await expect(
      scratch.pool.withSession({ timeoutMs: 300 }, (session) => session.run(ENDLESS)),
    ).rejects.toMatchObject({ code: 'query_timed_out' });
    await scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) => session.run('SELECT 1'));
  });

  it('stops what is cancelled with the reason of the signal', async () => {
    const controller = new AbortController();
    const running = scratch.pool.withSession(
      { timeoutMs: HOUR_MS, signal: controller.signal },
      async (session) => {
        await session.run('SELECT 1');
        setImmediate(() => controller.abort(new Error('not wanted any more')));
        await session.run(ENDLESS);
      },
    );
    await expect(running).rejects.toThrow('not wanted any more');
    await scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) => session.run('SELECT 1'));
  });

  it('lets a third caller wait for one of two processes, and a waiting one be cancelled', async () => {
    let finish = (): void => {};
    const held = new Promise<void>((resolve) => (finish = resolve));
    const holders = [1, 2].map(() => scratch.pool.withSession({ timeoutMs: HOUR_MS }, () => held));
    const controller = new AbortController();
    const cancelled = scratch.pool.withSession({ timeoutMs: HOUR_MS, signal: controller.signal }, () => held);
    const third = scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) => session.all('SELECT 3'));
    controller.abort(new Error('gone'));
    await expect(cancelled).rejects.toThrow('gone');
    finish();
    expect((await third).rows).toEqual([[3]]);
    await Promise.all(holders);
  });
});

describe('a session that is kept', () => {
  const SAME = { timeoutMs: HOUR_MS, keepAs: 'same' };
  const countRuns = (scratch: Scratch) =>
    scratch.pool.withSession(SAME, async (session) => {
      await session.run('CREATE TABLE IF NOT EXISTS runs (n INTEGER)');
      await session.run('INSERT INTO runs VALUES (1)');
      return (await session.all('SELECT count(*) FROM runs')).rows[0]?.[0];
    });

  it('is used again by who wants the same, and by nobody else', async () => {
    const scratch = await createScratch();
    try {
      expect(await countRuns(scratch)).toBe(1);
      expect(await countRuns(scratch)).toBe(2);
      await expect(
        scratch.pool.withSession({ ...SAME, keepAs: 'other' }, (session) =>
          session.all('SELECT * FROM runs'),
        ),
      ).rejects.toMatchObject({ code: 'query_failed' });
    } finally {
      await scratch.remove();
    }
  });

  it('gives its process up when another session needs one', async () => {
    const scratch = await createScratch({ maxProcesses: 1 });
    try {
      await countRuns(scratch);
      const other = await scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) =>
        session.all('SELECT 7'),
      );
      expect(other.rows).toEqual([[7]]);
      expect(await countRuns(scratch)).toBe(1);
    } finally {
      await scratch.remove();
    }
  });

  it('is closed when anything failed in it', async () => {
    const scratch = await createScratch();
    try {
      await countRuns(scratch);
      await expect(
        scratch.pool.withSession(SAME, (session) => session.all('SELECT nothing')),
      ).rejects.toMatchObject({ code: 'query_failed' });
      expect(await countRuns(scratch)).toBe(1);
    } finally {
      await scratch.remove();
    }
  });

  it('has tables that were made before it was locked', async () => {
    const scratch = await createScratch();
    const options = {
      ...SAME,
      isUntrusted: true,
      loadTables: async () => ({ made: 'SELECT 1 AS one' }),
    };
    try {
      for (let time = 0; time < 2; time += 1)
        expect(
          (await scratch.pool.withSession(options, (session) => session.all('SELECT one FROM made'))).rows,
        ).toEqual([[1]]);
    } finally {
      await scratch.remove();
    }
  });

  it('is not waited for longer than a caller has patience', async () => {
    const scratch = await createScratch({ maxProcesses: 1 });
    let finish = (): void => {};
    const held = new Promise<void>((resolve) => (finish = resolve));
    try {
      const holder = scratch.pool.withSession(SAME, () => held);
      await expect(
        scratch.pool.withSession({ ...SAME, acquireTimeoutMs: 10 }, (session) => session.all('SELECT 1')),
      ).rejects.toMatchObject({ code: 'query_timed_out' });
      finish();
      await holder;
    } finally {
      await scratch.remove();
    }
  });
});

describe('a DuckDB process', () => {
  it('fails on more memory than it may have, without harm to its parent', async () => {
    const scratch = await createScratch({ memoryLimitBytes: 128 * 1024 ** 2 });
    try {
      // repeat() takes its memory outside of DuckDB's own limit.
      await expect(
        scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) =>
          session.run("SELECT length(repeat('x', 3000000000)), length(repeat('y', 3000000000))"),
        ),
      ).rejects.toMatchObject({ code: expect.stringMatching(/dataset_out_of_memory|query_failed/) });
      await scratch.pool.withSession({ timeoutMs: HOUR_MS }, (session) => session.run('SELECT 1'));
    } finally {
      await scratch.remove();
    }
  });

  it('that is killed fails its session with a retryable error, and the next session gets another', async () => {
    const scratch = await createScratch({ maxProcesses: 1 });
    try {
      const killed = scratch.pool.withSession({ timeoutMs: HOUR_MS }, async (session) => {
        setImmediate(() => process.kill(session.pid, 'SIGKILL'));
        await session.run(ENDLESS);
      });
      await expect(killed).rejects.toMatchObject({ code: 'dataset_process_died' });
      await waitUntil('a new process answers', () =>
        scratch.pool.withSession(
          { timeoutMs: HOUR_MS },
          async (session) => (await session.all('SELECT 1')).rows.length === 1,
        ),
      );
    } finally {
      await scratch.remove();
    }
  });
});
