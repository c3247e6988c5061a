import type { Connectors } from './connector.js';
import { createMysqlConnector } from './mysql/mysql-connector.js';
import { createPostgresConnector } from './postgres/postgres-connector.js';

/** A connector for each kind of data source. */
export const createConnectors = (): Connectors => ({
  postgres: createPostgresConnector(),
  mysql: createMysqlConnector(),
});

export const closeConnectors = async (connectors: Connectors): Promise<void> => {
  await Promise.all(Object.values(connectors).map((connector) => connector.close()));
};
