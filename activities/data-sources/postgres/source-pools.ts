import { LRUCache } from 'lru-cache';
import pg from 'pg';
import { LIMITS } from '../../../contracts/limits.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { toDataSourceError } from './data-source-error.js';

export interface SourcePoolsOptions {
  /** Connections of one pool. Default LIMITS.dataSourcePool. */
  poolSize?: number;
  /** Wait for a connection. Default LIMITS.dataSourceAcquireTimeoutMs. */
  acquireTimeoutMs?: number;
  /** Pools kept; the least used is closed. Default 50. */
  pools?: number;
}

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
    const pool = this.#poolFor(connectionString);
    const client = await pool.connect().catch((error: unknown) => {
      throw pool.totalCount >= this.#options.poolSize && /timeout exceeded/i.test(String(error))
        ? new QuaestorError(
            'data_source_overloaded',
            'No connection to the data source became free in time.',
            {
              cause: error,
            },
          )
        : toDataSourceError(error, 'connect');
    });
    const cancel = () => void cancelStatement(connectionString, client);
    signal.addEventListener('abort', cancel, { once: true });
    let broken = false;
    try {
      signal.throwIfAborted();
      return await work(client);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const mapped = toDataSourceError(error, 'query');
      broken = mapped instanceof QuaestorError && mapped.code === 'data_source_connection_lost';
      throw mapped;
    } finally {
      signal.removeEventListener('abort', cancel);
      // A cancel that is still on its way must not hit the next user of this connection.
      client.release(broken || signal.aborted);
    }
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
    });
    pool.on('error', () => undefined);
    this.#pools.set(connectionString, pool);
    return pool;
  }
}

async function cancelStatement(connectionString: string, running: pg.PoolClient): Promise<void> {
  const { processID } = running as unknown as { processID: number | null };
  if (processID === null) return;
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'quaestor-cancel',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT pg_cancel_backend($1)', [processID]);
  } catch {
    // The statement timeout on the server is what remains.
  } finally {
    await client.end().catch(() => undefined);
  }
}
