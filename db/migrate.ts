import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

export interface MigrateOptions {
  /** The owner's connection string. */
  connectionString: string;
  /** False on the embedded store, where advisory locks are void because all connections share one session. Default true. */
  lock?: boolean;
  onProgress?: (message: string) => void;
}

/** Brings the database to the newest version; returns the names of the migrations that ran. Safe to run at every start. */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const client = new pg.Client({ connectionString: options.connectionString });
  await client.connect();
  try {
    // The embedded store keeps the role of whoever was connected before.
    await client.query('RESET ROLE');
    const done = await runner({
      dbClient: client,
      dir: fileURLToPath(new URL('./migrations', import.meta.url)),
      direction: 'up',
      migrationsTable: 'schema_migrations',
      noLock: options.lock === false,
      checkOrder: true,
      log: () => undefined,
    });
    for (const migration of done) options.onProgress?.(`migrated ${migration.name}`);
    return done.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}
