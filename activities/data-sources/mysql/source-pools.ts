import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import mysql from 'mysql2';
import { LIMITS } from '../../../contracts/limits.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { holdConnection } from '../hold-connection.js';
import type { SourcePoolsOptions } from '../source-pools-options.js';
import { connectionOptions } from './connection-options.js';
import { openSession, type Session } from './session.js';
import { toMysqlError } from './to-mysql-error.js';

/**
 * One pool for each connection string, made when first used. A pool keeps no idle connection for longer than 30 s, so that
 * Quaestor does not sit on other people's connection limits.
 */
export class MysqlPools {
  readonly #pools: LRUCache<string, mysql.Pool>;
  readonly #options: Required<Pick<SourcePoolsOptions, 'poolSize' | 'acquireTimeoutMs'>>;
  readonly #closing = new Set<Promise<void>>();
  readonly #sessions = new WeakMap<mysql.Connection, Session>();

  constructor(options: SourcePoolsOptions = {}) {
    this.#options = {
      poolSize: options.poolSize ?? LIMITS.dataSourcePool,
      acquireTimeoutMs: options.acquireTimeoutMs ?? LIMITS.dataSourceAcquireTimeoutMs,
    };
    this.#pools = new LRUCache({
      max: options.pools ?? 50,
      dispose: (pool) => {
        const closing = new Promise<void>((resolve) => pool.end(() => resolve())).finally(() =>
          this.#closing.delete(closing),
        );
        this.#closing.add(closing);
      },
    });
  }

  /**
   * Runs `work` with a connection whose session has Quaestor's settings. When `signal` is aborted the running statement is
   * cancelled on the server, and what then throws is the signal's reason.
   * @throws QuaestorError with a `data_source_…` or `query_…` code.
   */
  async withSession<Result>(
    connectionString: string,
    signal: AbortSignal,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    const connection = await this.#acquire(this.#poolFor(connectionString), signal);
    let session: Session | undefined;
    const held = {
      events: connection,
      cancel: async () => session !== undefined && (await this.cancel(connectionString, session)),
      cut: () => (session ? session.cut() : connection.destroy()),
      toError: (error: unknown) => toMysqlError(error, 'query'),
      release: (isSpent: boolean) => {
        if (isSpent || session?.isSpent) connection.destroy();
        else connection.release();
      },
    };
    return await holdConnection(held, signal, async () => {
      session = this.#sessions.get(connection) ?? (await openSession(connection));
      this.#sessions.set(connection, session);
      signal.throwIfAborted();
      return await work(session);
    });
  }

  /** Ends the statement that runs in `session`, by a connection of its own. False when the server could not be reached. */
  async cancel(connectionString: string, { serverId }: Session): Promise<boolean> {
    const connection = mysql.createConnection(connectionOptions(connectionString));
    connection.on('error', () => undefined);
    try {
      await connection.promise().query('KILL QUERY ?', [serverId]);
      return true;
    } catch (error) {
      // 1094: there is no such session any more, so nothing runs in it.
      return (error as { errno?: number }).errno === 1094;
    } finally {
      connection.destroy();
    }
  }

  async close(): Promise<void> {
    this.#pools.clear();
    await Promise.all(this.#closing);
  }

  #poolFor(connectionString: string): mysql.Pool {
    const known = this.#pools.get(connectionString);
    if (known) return known;
    const pool = mysql.createPool({
      ...connectionOptions(connectionString),
      connectionLimit: this.#options.poolSize,
      // Idle connections are looked for only where fewer may be idle than there may be.
      maxIdle: this.#options.poolSize - 1,
      idleTimeout: 30_000,
    });
    this.#pools.set(connectionString, pool);
    return pool;
  }

  /** A connection of the pool, unless the caller gives up first or none becomes free; the pool then gets it back when it comes. */
  async #acquire(pool: mysql.Pool, signal: AbortSignal): Promise<mysql.PoolConnection> {
    const connecting = new Promise<mysql.PoolConnection>((resolve, reject) => {
      pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
    });
    const waits = new AbortController();
    const isOver = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), {
        once: true,
        signal: waits.signal,
      });
      pause(this.#options.acquireTimeoutMs, undefined, { signal: waits.signal }).then(
        () =>
          reject(
            new QuaestorError(
              'data_source_overloaded',
              'No connection to the data source became free in time.',
            ),
          ),
        () => undefined,
      );
    });
    try {
      return await Promise.race([connecting, isOver]);
    } catch (error) {
      connecting.then(
        (connection) => connection.release(),
        () => undefined,
      );
      if (signal.aborted) throw signal.reason;
      throw toMysqlError(error, 'connect');
    } finally {
      waits.abort();
    }
  }
}
