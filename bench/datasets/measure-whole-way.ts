import { join } from 'node:path';
import { createApiClient } from '../../cli/api-client.js';
import { followJob } from '../../cli/follow-job.js';
import { uploadFile } from '../../cli/upload-file.js';
import { openDatabase } from '../../db/open-database.js';
import { parseConfig } from '../../platform/config.js';
import { createLogger } from '../../platform/logger.js';
import { startProcess } from '../../test/support/quaestor-process.js';
import { startS3Server } from '../../test/support/s3-server.js';
import { createTestTenant } from '../../test/support/tenants.js';
import { startServers } from '../start-servers.js';
import { watchTreeMemory } from './watch-memory.js';

export interface WholeWay {
  /** The bytes are with the API and the job is queued. */
  uploadedMs: number;
  /** From the start of the upload until the dataset is ready: types, Parquet, first rows. */
  queryableMs: number;
  /** The profile after that; null where there is no profile over the API. */
  profiledMs: number | null;
  rowCount: number;
  /** API, workers and DuckDB together, without pages of files. */
  quaestorPeakMb: number;
  /** The same with the pages of files, which are counted for each process. */
  quaestorPeakResidentMb: number;
}

/**
 * A file on its whole way: API and workers in one process on servers of their own (native Postgres), which are gone afterwards.
 * @param isInBucket files are kept in a bucket of a local s3rver, and not in a folder
 */
export async function measureWholeWay(path: string, isInBucket: boolean): Promise<WholeWay> {
  const bucket = isInBucket ? await startS3Server() : undefined;
  try {
    const bench = await startQuaestor(bucket?.env ?? {});
    try {
      return await bench.measure(path);
    } finally {
      await bench.stop();
    }
  } finally {
    await bucket?.close();
  }
}

/** Used by the code of `quaestor datasets add`. */
async function startQuaestor(settings: Record<string, string>): Promise<{
  measure(path: string): Promise<WholeWay>;
  stop(): Promise<void>;
}> {
  const servers = await startServers({ store: 'native', hasEngineFile: true });
  const port = await servers.port(28_700);
  const env = {
    DATABASE_URL: servers.storeUrl,
    QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    TEMPORAL_ADDRESS: servers.temporalAddress,
    QUAESTOR_FILES: join(servers.home, 'files'),
    QUAESTOR_RATE_LIMITS: 'false',
    QUAESTOR_PORT: String(port),
    LOG_LEVEL: 'warn',
    ...settings,
  };
  const db = openDatabase(
    parseConfig(env).database,
    createLogger({ level: 'warn', name: 'bench', destination: process.stderr }),
  );
  const { apiKey } = await createTestTenant(db, undefined, 'ENTERPRISE');
  await db.close();
  const url = `http://127.0.0.1:${port}`;
  const quaestor = await startProcess('all-in-one', env, url, join(servers.home, 'quaestor.log'));
  const client = createApiClient({ baseUrl: url, apiKey });
  const headers = { authorization: `Bearer ${apiKey}` };
  const untilEnd = async (jobId: string): Promise<void> => {
    for await (const event of followJob({ client, jobId })) {
      if (event.kind === 'job.failed') throw new Error(`A job failed: ${JSON.stringify(event.data)}`);
    }
  };
  const profile = async (datasetId: string): Promise<boolean> => {
    const reply = await fetch(`${url}/v1/datasets/${datasetId}/profile`, { method: 'POST', headers });
    const job = reply.headers.get('location')?.split('/').at(-1);
    if (job !== undefined) await untilEnd(job);
    return reply.ok;
  };
  const measure = async (path: string): Promise<WholeWay> => {
    const memory = watchTreeMemory(quaestor.pid);
    try {
      const began = performance.now();
      const since = (): number => Math.round(performance.now() - began);
      const { datasetId, jobId } = await uploadFile(client, { path });
      const uploadedMs = since();
      await untilEnd(jobId);
      const queryableMs = since();
      const isProfiled = await profile(datasetId);
      const profiledMs = isProfiled ? since() - queryableMs : null;
      const { version } = await client.readDataset(datasetId);
      await fetch(`${url}/v1/datasets/${datasetId}`, { method: 'DELETE', headers });
      return {
        uploadedMs,
        queryableMs,
        profiledMs,
        rowCount: version?.rowCount ?? 0,
        quaestorPeakMb: Math.round(memory.peakBytes() / 1e6),
        quaestorPeakResidentMb: Math.round(memory.peakResidentBytes() / 1e6),
      };
    } finally {
      memory.stop();
    }
  };
  return {
    measure,
    stop: async () => {
      quaestor.kill('SIGTERM');
      await new Promise((resolve) => quaestor.once('exit', resolve));
      await servers.stop();
    },
  };
}
