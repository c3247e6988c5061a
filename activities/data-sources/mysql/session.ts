import type mysql from 'mysql2';

/** One connection as its server knows it, with Quaestor's settings. */
export interface Session {
  readonly connection: mysql.Connection;
  readonly isMariadb: boolean;
  /** What KILL QUERY names it by. Asked of the server, as a proxy in between has ids of its own. */
  readonly serverId: number;
  /** Set when the connection must not be used again. */
  isSpent: boolean;
  rows<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** For statements without rows. */
  run(sql: string, values?: readonly unknown[]): Promise<void>;
  /** Ends the connection without a word to the server; what waits for it fails. */
  cut(): void;
}

/**
 * How SQL is read in every session, whatever the server's default. The guard reads it the same way: `"x"` is a text, a backslash
 * escapes, and `||` joins texts. ONLY_FULL_GROUP_BY: a column that is neither grouped nor aggregated would be of any row.
 */
export const SQL_MODE = 'ONLY_FULL_GROUP_BY,PIPES_AS_CONCAT,NO_ENGINE_SUBSTITUTION';

/** Makes a fresh connection ready. */
export async function openSession(connection: mysql.Connection): Promise<Session> {
  const promised = connection.promise();
  const rows = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const [found] = await promised.query(sql, values as unknown[]);
    return found as Row[];
  };
  const [server] = await rows<{ version: string; id: number }>(
    'SELECT VERSION() AS version, CONNECTION_ID() AS id',
  );
  const isMariadb = /mariadb/i.test(server!.version);
  await promised.query(
    `SET SESSION sql_mode = '${SQL_MODE}', time_zone = '+00:00', sql_auto_is_null = 0, sql_big_selects = 1,
       net_write_timeout = 600, lock_wait_timeout = 30`,
  );
  const session: Session = {
    connection,
    isMariadb,
    serverId: Number(server!.id),
    isSpent: false,
    rows,
    run: async (sql, values = []) => {
      await promised.query(sql, values as unknown[]);
    },
    cut: () => {
      session.isSpent = true;
      const { stream } = connection as unknown as { stream: { destroy(error: Error): void } };
      stream.destroy(
        Object.assign(new Error('The connection was cut.'), { code: 'PROTOCOL_CONNECTION_LOST' }),
      );
    },
  };
  return session;
}

/** The statement that limits how long each following statement may take on the server; 0 is no limit. */
export const timeLimit = ({ isMariadb }: Session, timeoutMs: number): string =>
  isMariadb
    ? `SET SESSION max_statement_time = ${(timeoutMs / 1_000).toFixed(3)}`
    : `SET SESSION max_execution_time = ${Math.trunc(timeoutMs)}`;
