import pg from 'pg';
import { queryRows, type TestSource } from './databases.js';
import { waitUntil } from './wait-until.js';

/** Keeps everybody waiting who reads or writes a table of a data source, or of the native store, for as long as a test wants. */
export interface SourceLock {
  /** Resolves when so many statements of Quaestor's wait for the lock. */
  untilBlocked(count?: number): Promise<void>;
  /** Statements of Quaestor's that wait for the lock now. */
  blocked(): Promise<number>;
  /** Their server processes. */
  backends(): Promise<number[]>;
  release(): Promise<void>;
}

export async function lockTable(source: Pick<TestSource, 'url'>, table: string): Promise<SourceLock> {
  const client = new pg.Client({ connectionString: source.url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  const backends = async () => {
    const rows = await queryRows<{ pid: number }>(
      source.url,
      `SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'quaestor' AND wait_event_type = 'Lock'`,
    );
    return rows.map(({ pid }) => pid);
  };
  const blocked = async () => (await backends()).length;
  return {
    blocked,
    backends,
    untilBlocked: async (count = 1) => {
      await waitUntil(`${count} statements wait for ${table}`, async () => (await blocked()) >= count);
    },
    release: async () => {
      await client.end();
    },
  };
}
