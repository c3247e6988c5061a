/** Servers that one run of the integration suite owns; started by global-setup, described to the test files by an env variable. */
export type StoreKind = 'pglite' | 'native';

export interface SharedServers {
  storeKind: StoreKind;
  /** Owner's connection to the migrated store: on PGlite the only database, on native Postgres the template to clone. */
  storeUrl: string;
  temporalAddress: string;
  /** A superuser of the Postgres that holds data sources; has no pgvector and needs none. */
  sourceAdminUrl: string;
  /** A user who may do everything on the MariaDB that holds data sources; null where no MariaDB is installed. */
  mariadbAdminUrl: string | null;
  /** The workflow bundle, built once. */
  bundlePath: string;
  cacheDir: string;
}

const VARIABLE = 'QUAESTOR_TEST_SERVERS';

export const describeServers = (servers: SharedServers): void => {
  process.env[VARIABLE] = JSON.stringify(servers);
};

export function sharedServers(): SharedServers {
  const text = process.env[VARIABLE];
  if (!text) throw new Error('The integration servers are not running: use npm test -- integration');
  return JSON.parse(text) as SharedServers;
}
