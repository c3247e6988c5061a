import { AsyncLocalStorage } from 'node:async_hooks';
import { isNativeError } from 'node:util/types';
import pg from 'pg';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { createStatementNames } from './statement-names.js';
import { writeTogether } from './write-together.js';

/** One transaction in which row level security shows only one tenant's rows. */
export interface Transaction {
  readonly tenantId: string;
  /**
   * Runs one parameterised statement and returns its rows. Statements that need nothing of each other may be sent without waiting in
   * between (`Promise.all`): they run in the order of the calls and take one round trip.
   */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface DatabaseOptions {
  connectionString: string;
  /** Connections; exactly 1 on the embedded store (docs/decisions/0002). */
  poolSize: number;
  statementTimeoutMs: number;
  /** Wait for a free connection. Default 30 s. */
  acquireTimeoutMs?: number;
  onError?: (error: Error) => void;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HASH = /^[0-9a-f]{64}$/;

/** SQLSTATE classes that say "not now": connection trouble, shutdown, too many connections, transactions in each other's way. */
const UNAVAILABLE = /^(08|57P0|53|25006|40001|40P01)/;
/** What pg says of a connection that ended. */
const ENDED = /connection terminated|connection error|timeout exceeded when trying to connect|not queryable/i;
/** A migration changed a column's type under a prepared statement, which no more runs on this connection, but on a new one. */
const OUTDATED = /cached plan must not change result type/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);

/**
 * The only door to Quaestor's own Postgres.
 *
 * Every statement runs inside a transaction as the role `quaestor_app`, which row level security binds, with the tenant set for
 * that transaction only. A transaction must never wait for another connection: on the embedded store there is one, so that would
 * wait for itself. Asking for a transaction inside a transaction is therefore refused at once.
 */
export class Database {
  readonly #pool: pg.Pool;
  readonly #inside = new AsyncLocalStorage<true>();
  readonly #nameOf = createStatementNames();

  constructor(options: DatabaseOptions) {
    this.#pool = new pg.Pool({
      connectionString: options.connectionString,
      max: options.poolSize,
      idleTimeoutMillis: options.poolSize === 1 ? 0 : 30_000,
      connectionTimeoutMillis: options.acquireTimeoutMs ?? 30_000,
      keepAlive: true,
      // Statements are sent without waiting for the answers to those before them.
      pipeline: true,
      application_name: 'quaestor',
      onConnect: async (client) => {
        await client.query(
          `SET ROLE quaestor_app; SET statement_timeout = ${Math.trunc(options.statementTimeoutMs)}; SET TIME ZONE 'UTC'`,
        );
      },
    });
    // A broken idle connection is replaced by the next request; without a listener it would end the process.
    this.#pool.on('error', (error) => options.onError?.(error));
  }

  /**
   * Runs `work` in one transaction for one tenant: commits what it returns, rolls back when it throws.
   * @throws QuaestorError `store_unavailable` when the database cannot be reached; nothing was committed then, except
   * if the connection broke during COMMIT, when it is not known.
   */
  async withTenant<Result>(tenantId: string, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    if (!UUID.test(tenantId)) throw new QuaestorError('not_found', 'There is no such tenant.');
    return this.#transaction(`SET LOCAL quaestor.tenant_id = '${tenantId}'`, tenantId, work);
  }

  /**
   * As withTenant, in one round trip: the transaction is what `work` sends before it waits for the first time, and COMMIT goes right
   * behind it. A statement that comes later is refused, and what `work` throws after its first wait takes nothing back.
   */
  async withTenantAtOnce<Result>(
    tenantId: string,
    work: (tx: Transaction) => Promise<Result>,
  ): Promise<Result> {
    if (!UUID.test(tenantId)) throw new QuaestorError('not_found', 'There is no such tenant.');
    return this.#transaction(`SET LOCAL quaestor.tenant_id = '${tenantId}'`, tenantId, work, true);
  }

  /** Runs `work` seeing only the API key with this SHA-256 (hex), whoever's it is: the step before the tenant is known. */
  async withPresentedKey<Result>(
    keyHash: string,
    work: (tx: Transaction) => Promise<Result>,
  ): Promise<Result> {
    if (!HASH.test(keyHash)) throw new QuaestorError('unauthorized', 'The API key is not valid.');
    return this.#transaction(`SET LOCAL quaestor.presented_key_hash = '${keyHash}'`, '', work);
  }

  /** Runs `work` seeing only the jobs that have not ended, whoever's they are, to find those that nobody works on. */
  async withUnfinishedJobs<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.#transaction("SET LOCAL quaestor.sweeper = 'on'", '', work);
  }

  /** Runs `work` seeing only which data sources were used when, whoever's they are, to load the schemas of those used last. */
  async withDataSourceUses<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.#transaction("SET LOCAL quaestor.warm_up = 'on'", '', work);
  }

  /** Resolves when the database answers. @throws QuaestorError `store_unavailable`. */
  async ping(): Promise<void> {
    await this.#connected(async (client) => {
      await client.query('SELECT 1');
    });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #transaction<Result>(
    scope: string,
    tenantId: string,
    work: (tx: Transaction) => Promise<Result>,
    isAtOnce = false,
  ): Promise<Result> {
    return this.#connected(async (client) => {
      let isOpen = true;
      const send = async (text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> => {
        writeTogether(client);
        const name = values.length > 0 ? this.#nameOf(text) : undefined;
        return await client.query({ text, values: values as unknown[], ...(name ? { name } : {}) });
      };
      const query = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
        if (!isOpen) throw new Error('The transaction is over: its COMMIT has been sent');
        return (await send(text, values)).rows as Row[];
      };
      // A scope is made of checked characters only, so it needs no parameter. The first statement goes along: where this fails, it
      // runs in a failed transaction or for no tenant, for whom there are no rows.
      const begun = send(`BEGIN; ${scope}`);
      begun.catch(() => undefined);
      const commit = async (): Promise<void> => {
        isOpen = false;
        // COMMIT of a transaction in which a statement failed says ROLLBACK, and no error.
        const { command } = await send('COMMIT');
        if (command !== 'COMMIT') {
          throw new Error(
            'The transaction was rolled back: a statement in it failed, and its error was swallowed',
          );
        }
      };
      try {
        const working = work({ tenantId, query });
        const committed = isAtOnce ? commit() : undefined;
        committed?.catch(() => undefined);
        const result = await working;
        await begun;
        await (committed ?? commit());
        return result;
      } catch (error) {
        isOpen = false;
        // When the connection is gone the server has rolled back already.
        await send('ROLLBACK').catch(() => undefined);
        await begun;
        throw error;
      }
    });
  }

  async #connected<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    if (this.#inside.getStore()) {
      throw new Error('A transaction may not wait for another one: pass the transaction on instead');
    }
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw asUnavailable(error, true);
    });
    let broken = false;
    // The pool listens to idle connections only: a connection that breaks in the middle of work would end the process.
    const onBroken = (): void => {
      broken = true;
    };
    client.on('error', onBroken);
    try {
      return await this.#inside.run(true, async () => work(client));
    } catch (error) {
      const mapped = asUnavailable(error, false);
      broken ||= mapped instanceof QuaestorError && mapped.code === 'store_unavailable';
      throw mapped;
    } finally {
      client.off('error', onBroken);
      client.release(broken);
    }
  }
}

function asUnavailable(error: unknown, whileConnecting: boolean): unknown {
  // Not instanceof: under jest, node's own network errors are of another realm.
  if (!isNativeError(error) || error instanceof QuaestorError) return error;
  const code = (error as { code?: unknown }).code;
  const known = typeof code === 'string' && (UNAVAILABLE.test(code) || NETWORK.has(code));
  return known || whileConnecting || ENDED.test(error.message) || OUTDATED.test(error.message)
    ? new QuaestorError('store_unavailable', 'Quaestor’s own database cannot be reached.', { cause: error })
    : error;
}
