import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDuckDbPool,
  type DuckDbPool,
  type DuckDbPoolOptions,
} from '../../activities/datasets/duckdb/duckdb-pool.js';

export interface Scratch {
  folder: string;
  pool: DuckDbPool;
  /** Ends the processes and removes the folder. */
  remove(): Promise<void>;
}

/** A folder of the test's own, and a pool that spills into it. */
export async function createScratch(options: Partial<DuckDbPoolOptions> = {}): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'quaestor-datasets-'));
  const pool = createDuckDbPool({
    maxProcesses: 2,
    memoryLimitBytes: 256 * 1024 ** 2,
    spillFolder: join(folder, 'spill'),
    ...options,
  });
  return {
    folder,
    pool,
    remove: async () => {
      await pool.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
