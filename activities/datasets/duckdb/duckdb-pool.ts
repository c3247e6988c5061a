import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { type DuckDbSession, ProcessSession } from './duckdb-session.js';
import { type DuckDbProcess, startDuckDbProcess } from './start-duckdb-process.js';

/** What V8, the libraries and DuckDB's unaccounted memory may take beside DuckDB's own limit. */
const OVERHEAD_BYTES = 400 * 1024 ** 2;
/** A process that has grown by more than this at the end of a session is not used again. */
const REUSE_BELOW_BYTES = 300 * 1024 ** 2;
/** After an interrupt a statement has this long to end by itself. */
const INTERRUPT_GRACE_MS = 500;

export interface DuckDbPoolOptions {
  /** Processes at most, busy and idle together. */
  maxProcesses: number;
  /** DuckDB's memory limit in each session; the process is capped 400 MB above it. */
  memoryLimitBytes: number;
  /** Threads of a session. Default 2. */
  threads?: number;
  /** For spilling; a folder for each session is made in it and removed. */
  spillFolder: string;
}

export interface DuckDbSessionOptions {
  /** Wall-clock limit of the whole session; at its end the process is killed and the work fails with `query_timed_out`. */
  timeoutMs: number;
  signal?: AbortSignal;
  /** Views over Parquet files, by name. */
  views?: Record<string, string>;
  /** The statements are somebody else's: nothing but the views can be read, nothing written, no setting changed. */
  isUntrusted?: boolean;
}

/** Warm DuckDB processes. Quaestor's own processes never load DuckDB: it is no sandbox, and hostile SQL can abort it. */
export interface DuckDbPool {
  /**
   * Runs `work` with a fresh database in memory; its tables and settings end with it. Waits for a free process.
   * @throws QuaestorError `query_failed`, `query_timed_out`, `dataset_out_of_memory`, `dataset_disk_full`,
   * `dataset_process_died`; the signal's reason when it is aborted.
   */
  withSession<Result>(
    options: DuckDbSessionOptions,
    work: (session: DuckDbSession) => Promise<Result>,
  ): Promise<Result>;
  /** Starts processes until `count` of them are idle or busy, so that the next session need not wait for one. */
  warmUp(count: number): Promise<void>;
  /** Ends every process, also busy ones. */
  close(): Promise<void>;
}

export function createDuckDbPool(options: DuckDbPoolOptions): DuckDbPool {
  const { maxProcesses, memoryLimitBytes, spillFolder, threads = 2 } = options;
  const capBytes = memoryLimitBytes + OVERHEAD_BYTES;
  const idle: DuckDbProcess[] = [];
  const alive = new Set<DuckDbProcess>();
  const waiting: (() => void)[] = [];
  let starting = 0;
  let isClosed = false;

  const start = async (): Promise<DuckDbProcess> => {
    starting += 1;
    try {
      const process = await startDuckDbProcess(capBytes);
      alive.add(process);
      void process.exited.then(() => {
        alive.delete(process);
        const index = idle.indexOf(process);
        if (index >= 0) idle.splice(index, 1);
        waiting.shift()?.();
      });
      if (isClosed) process.kill();
      return process;
    } finally {
      starting -= 1;
    }
  };

  const untilFree = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => {
        const index = waiting.indexOf(wake);
        // One that was woken already passes the free process on.
        if (index >= 0) waiting.splice(index, 1);
        else waiting.shift()?.();
        resolve();
      };
      waiting.push(wake);
      signal?.addEventListener('abort', onAbort, { once: true });
    });

  const acquire = async (signal: AbortSignal | undefined): Promise<DuckDbProcess> => {
    for (;;) {
      signal?.throwIfAborted();
      if (isClosed) throw new QuaestorError('dataset_process_died', 'The DuckDB pool is closed.');
      const process = idle.pop();
      if (process?.isAlive) return process;
      if (alive.size + starting < maxProcesses) return await start();
      await untilFree(signal);
    }
  };

  const release = (process: DuckDbProcess): void => {
    process.onMessage(undefined);
    if (process.isAlive) idle.push(process);
    waiting.shift()?.();
  };

  const withSession = async <Result>(
    sessionOptions: DuckDbSessionOptions,
    work: (session: DuckDbSession) => Promise<Result>,
  ): Promise<Result> => {
    const { signal, timeoutMs, views = {}, isUntrusted = false } = sessionOptions;
    const process = await acquire(signal);
    const session = new ProcessSession(process, capBytes);
    const timer = setTimeout(() => {
      session.end(new QuaestorError('query_timed_out', `The work took longer than ${timeoutMs} ms.`));
      process.kill();
    }, timeoutMs);
    let graceTimer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      process.send({ kind: 'interrupt' });
      graceTimer = setTimeout(() => process.kill(), INTERRUPT_GRACE_MS);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    let folder: string | undefined;
    try {
      await mkdir(spillFolder, { recursive: true });
      folder = await mkdtemp(join(spillFolder, 'session-'));
      await session.open({ memoryLimitBytes, threads, spillFolder: folder, views, isUntrusted });
      return await work(session);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      const grownBytes = await session.close().catch(() => Number.POSITIVE_INFINITY);
      clearTimeout(timer);
      clearTimeout(graceTimer);
      signal?.removeEventListener('abort', onAbort);
      if (grownBytes > REUSE_BELOW_BYTES) {
        process.kill();
        await process.exited;
      }
      release(process);
      if (folder) await rm(folder, { recursive: true, force: true });
    }
  };

  return {
    withSession,
    warmUp: async (count) => {
      const missing = Math.min(count, maxProcesses) - alive.size - starting;
      if (missing <= 0) return;
      const started = await Promise.all(Array.from({ length: missing }, start));
      for (const process of started) release(process);
    },
    close: async () => {
      isClosed = true;
      for (const wake of waiting.splice(0)) wake();
      const ending = [...alive];
      for (const process of ending) process.kill();
      await Promise.all(ending.map((process) => process.exited));
    },
  };
}
