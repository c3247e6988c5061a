import { join } from 'node:path';
import { createSampleCompany } from '../examples/sample-company/create-sample-company.js';
import { findFreePort } from '../platform/embedded/free-port.js';
import type { LocalSecrets } from '../platform/embedded/local-secrets.js';
import { startEmbeddedPostgres } from '../platform/embedded/native-postgres.js';

export interface SampleSource {
  /** As a user would paste it: a read-only role. */
  connectionString: string;
  tables: number;
  rows: number;
  isNew: boolean;
  stop(): Promise<void>;
}

/** Starts the sample's own Postgres and creates the sample company in it when it is not there. */
export async function startSampleSource(options: {
  home: string;
  secrets: LocalSecrets;
  taken: Set<number>;
  onProgress: (message: string) => void;
}): Promise<SampleSource> {
  const { home, secrets, taken, onProgress } = options;
  const server = await startEmbeddedPostgres({
    dataDir: join(home, 'sample'),
    port: await findFreePort({ preferred: 5491, taken }),
    user: 'postgres',
    password: secrets.samplePassword,
    onProgress,
  });
  try {
    await server.createDatabase('sample_company');
    const sample = await createSampleCompany({
      connectionString: server.connectionString('sample_company'),
      now: new Date(),
      readerPassword: secrets.readerPassword,
      onProgress: ({ tablesDone, tables, rows }) => {
        if (tablesDone % 13 !== 0 && tablesDone !== tables) return;
        onProgress(`Sample company: ${tablesDone} of ${tables} tables, ${rows.toLocaleString('en')} rows`);
      },
    });
    return {
      connectionString: sample.readerConnectionString!,
      tables: sample.tables,
      rows: sample.rows,
      isNew: !sample.skipped,
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
