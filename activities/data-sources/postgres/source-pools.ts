import type { Socket } from 'node:net';
import { LRUCache } from 'lru-cache';
import pg from 'pg';
import { LIMITS } from '../../../contracts/limits.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { holdConnection } from '../hold-connection.js';
import type { SourcePoolsOptions } from '../source-pools-options.js';
import { toDataSourceError } from './data-source-error.js';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * One pool for each connection string, made when first used. A pool keeps no idle connection for longer than 30 s, so that
 * Quaestor does not sit on other people's connection limits.
 */
export class SourcePools {
  readonly #pools: LRUCache<string, pg.Pool>;
  readonly #options: Required<Pick<SourcePoolsOptions, 'poolSize' | 'acquireTimeoutMs'>>;
  readonly #closing = new Set<Promise<void>>();

  constructor(options: SourcePoolsOptions = {}) {
    this.#options = {
      poolSize: options.poolSize ?? LIMITS.dataSourcePool,
      acquireTimeoutMs: options.acquireTimeoutMs ?? LIMITS.dataSourceAcquireTimeoutMs,
    };
    this.#pools = new LRUCache({
      max: options.pools ?? 50,
      dispose: (pool) => {
        const closing = pool.end().finally(() => this.#closing.delete(closing));
        this.#closing.add(closing);
      },
    });
  }

  /**
   * Runs `work` with a connection. When `signal` is aborted the running statement is cancelled on the server, and what then
   * throws is the signal's reason.
   * @throws QuaestorError with a `data_source_…` or `query_…` code.
   */
  async withClient<Result>(
    connectionString: string,
    signal: AbortSignal,
    work: (client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    const client = await acquire(this.#poolFor(connectionString), signal);
    const held = {
      events: client,
      cancel: () => cancelStatement(connectionString, client),
      cut: () => cutConnection(client),
      toError: (error: unknown) => toDataSourceError(error, 'query'),
      release: (isSpent: boolean) => client.release(isSpent),
    };
    return await holdConnection(held, signal, () => work(client));
  }

  /** Cancels the statement that runs on `client`, by a connection of its own. Never throws. */
  async cancel(connectionString: string, client: pg.PoolClient): Promise<void> {
    await cancelStatement(connectionString, client);
  }

  async close(): Promise<void> {
    this.#pools.clear();
    await Promise.all(this.#closing);
  }

  #poolFor(connectionString: string): pg.Pool {
    const known = this.#pools.get(connectionString);
    if (known) return known;
    const pool = new pg.Pool({
      connectionString,
      max: this.#options.poolSize,
      idleTimeoutMillis: 30_000,
      connectionTimeoutMillis: Math.min(this.#options.acquireTimeoutMs, LIMITS.dataSourceAcquireTimeoutMs),
      application_name: 'quaestor',
      keepAlive: true,
      Client: SourceClient,
    });
    pool.on('error', () => undefined);
    this.#pools.set(connectionString, pool);
    return pool;
  }
}

type ConnectCallback = ((error: Error) => void) | ((error: null, client: pg.Client) => void);

/**
 * pg leaves a connection open that it gives up itself while logging in (the server asks for a password and there is none): the
 * server would keep it for a minute, and no database could be dropped meanwhile.
 */
class SourceClient extends pg.Client {
  override connect(): Promise<pg.Client>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.Client> | undefined {
    if (!callback) return super.connect();
    super.connect((error: Error) => {
      if (error) cutConnection(this);
      (callback as (error: Error) => void)(error);
    });
  }
}

/** A connection of the pool, unless the caller gives up first; the pool then gets it back when it comes. */
async function acquire(pool: pg.Pool, signal: AbortSignal): Promise<pg.PoolClient> {
  const connecting = pool.connect();
  let giveUp = (): void => undefined;
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([connecting, givenUp]);
  } catch (error) {
    if (signal.aborted) {
      connecting.then(
        (client) => client.release(),
        () => undefined,
      );
      throw signal.reason;
    }
    // The pool's own words for a wait in its queue; a server that does not answer has others.
    throw /timeout exceeded when trying to connect/i.test(String(error))
      ? new QuaestorError('data_source_overloaded', 'No connection to the data source became free in time.', {
          cause: error,
        })
      : toDataSourceError(error, 'connect');
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Ends a connection without a word to the server. */
export function cutConnection(client: pg.ClientBase): void {
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
}

/** False when the server could not be reached. */
async function cancelStatement(connectionString: string, running: pg.PoolClient): Promise<boolean> {
  const { processID } = running as unknown as { processID: number | null };
  if (processID === null) return false;
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'quaestor-cancel',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT pg_cancel_backend($1)', [processID]);
    return true;
  } catch {
    // The statement timeout on the server is what remains.
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
