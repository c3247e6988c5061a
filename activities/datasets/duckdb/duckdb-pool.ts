import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { type DuckDbSession, ProcessSession } from './duckdb-session.js';
import { type DuckDbProcess, startDuckDbProcess } from './start-duckdb-process.js';

/** What V8, the libraries and DuckDB's unaccounted memory may take beside DuckDB's own limit. */
const OVERHEAD_BYTES = 400 * 1024 ** 2;
/** A process that has grown by more than this at the end of a session is not used again. */
const REUSE_BELOW_BYTES = 300 * 1024 ** 2;
/** An open session that nobody comes back to is closed after this time; its process stays. */
const KEEP_MS = 60_000;
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
  /** Views over the Parquet files of versions, by name; all have `__row`. */
  views?: Record<string, string>;
  /** Tables that are made before the session is locked: SELECTs of ours by name. Called when a session is opened, with its folder. */
  loadTables?: (folder: string) => Promise<Record<string, string>>;
  /**
   * The session stays open for a while after work that succeeded, for the next who says the same: that one needs no opening. All
   * who say it must give the same views and tables, and change neither.
   */
  keepAs?: string;
  /** Longest wait for a free process; then `query_timed_out`. Default: no limit. */
  acquireTimeoutMs?: number;
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
  /** The same from now on: one that ends is replaced at once. One that cannot be started is started when it is needed. */
  keepWarm(count: number): void;
  /** Ends every process, also busy ones. */
  close(): Promise<void>;
}

/** A session that is open in its process. */
interface OpenSession {
  process: DuckDbProcess;
  session: ProcessSession;
  folder: string;
}

export function createDuckDbPool(options: DuckDbPoolOptions): DuckDbPool {
  const { maxProcesses, memoryLimitBytes, spillFolder, threads = 2 } = options;
  const capBytes = memoryLimitBytes + OVERHEAD_BYTES;
  const idle: DuckDbProcess[] = [];
  /** Open sessions that wait for whoever wants the same; the oldest first. */
  const kept: (OpenSession & { key: string; timer: NodeJS.Timeout })[] = [];
  const alive = new Set<DuckDbProcess>();
  const waiting: (() => void)[] = [];
  let starting = 0;
  let isClosed = false;
  let warm = 0;

  const start = async (): Promise<DuckDbProcess> => {
    starting += 1;
    try {
      const process = await startDuckDbProcess(capBytes);
      alive.add(process);
      void process.exited.then(() => {
        alive.delete(process);
        const index = idle.indexOf(process);
        if (index >= 0) idle.splice(index, 1);
        const dead = takeKept((one) => one.process === process);
        if (dead) void rm(dead.folder, { recursive: true, force: true });
        waiting.shift()?.();
        restock();
      });
      if (isClosed) process.kill();
      return process;
    } finally {
      starting -= 1;
    }
  };

  const warmUp = async (count: number): Promise<void> => {
    const missing = Math.min(count, maxProcesses) - alive.size - starting;
    if (missing <= 0) return;
    const started = await Promise.all(Array.from({ length: missing }, start));
    for (const process of started) release(process);
  };

  const restock = (): void => {
    // Whoever waits tries it again, and is told why it cannot be started.
    if (!isClosed) warmUp(warm).catch(() => waiting.shift()?.());
  };

  /** Whoever is cancelled while a process starts does not wait for it: the next one gets it. */
  const startFor = async (signal: AbortSignal | undefined): Promise<DuckDbProcess> => {
    const started = start();
    if (!signal) return await started;
    return await new Promise((resolve, reject) => {
      const onAbort = (): void => {
        reject(signal.reason);
        started.then(release, () => undefined);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      started
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', onAbort))
        .catch(() => undefined);
    });
  };

  const takeKept = (isWanted: (one: (typeof kept)[number]) => boolean): OpenSession | undefined => {
    const index = kept.findIndex(isWanted);
    const [one] = index >= 0 ? kept.splice(index, 1) : [];
    clearTimeout(one?.timer);
    return one;
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

  /** A process without a session, or the kept session with the key. */
  const acquire = async (
    key: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<DuckDbProcess | OpenSession> => {
    for (;;) {
      signal?.throwIfAborted();
      if (isClosed) throw new QuaestorError('dataset_process_died', 'The DuckDB pool is closed.');
      const same = key === undefined ? undefined : takeKept((one) => one.key === key);
      if (same?.process.isAlive) return same;
      const process = idle.pop();
      if (process?.isAlive) return process;
      if (alive.size + starting < maxProcesses) return await startFor(signal);
      const other = takeKept(() => true);
      if (other) await closeSession(other);
      else await untilFree(signal);
    }
  };

  const release = (process: DuckDbProcess): void => {
    process.onMessage(undefined);
    if (process.isAlive) idle.push(process);
    waiting.shift()?.();
  };

  const open = async (
    session: ProcessSession,
    { isUntrusted = false, loadTables, views = {} }: DuckDbSessionOptions,
    folder: string,
  ): Promise<void> => {
    const tables = (await loadTables?.(folder)) ?? {};
    await session.open({ memoryLimitBytes, threads, spillFolder: folder, views, tables, isUntrusted });
  };

  const closeSession = async ({ folder, process, session }: OpenSession): Promise<void> => {
    const grownBytes = await session.close().catch(() => Number.POSITIVE_INFINITY);
    if (grownBytes > REUSE_BELOW_BYTES) {
      process.kill();
      await process.exited;
    }
    release(process);
    await rm(folder, { recursive: true, force: true });
  };

  /** Keeps a session for the next who wants the same, where its process is fit for it. */
  const keep = async (key: string, one: OpenSession): Promise<void> => {
    const grownBytes = await one.session.rest().catch(() => Number.POSITIVE_INFINITY);
    if (grownBytes > REUSE_BELOW_BYTES || isClosed) return await closeSession(one);
    const timer = setTimeout(() => {
      const old = takeKept(({ session }) => session === one.session);
      if (old) void closeSession(old);
    }, KEEP_MS);
    timer.unref();
    kept.push({ ...one, key, timer });
    waiting.shift()?.();
  };

  const withSession = async <Result>(
    sessionOptions: DuckDbSessionOptions,
    work: (session: DuckDbSession) => Promise<Result>,
  ): Promise<Result> => {
    const { acquireTimeoutMs, keepAs, signal, timeoutMs } = sessionOptions;
    const patience = acquireTimeoutMs === undefined ? undefined : AbortSignal.timeout(acquireTimeoutMs);
    const acquired = await acquire(
      keepAs,
      patience && signal ? AbortSignal.any([patience, signal]) : (patience ?? signal),
    ).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (patience?.aborted)
        throw new QuaestorError('query_timed_out', `No process was free within ${acquireTimeoutMs} ms.`);
      throw error;
    });
    const isOpen = 'session' in acquired;
    const process = isOpen ? acquired.process : acquired;
    const session = isOpen ? acquired.session : new ProcessSession(process, capBytes);
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
    let folder = isOpen ? acquired.folder : '';
    // Whoever could make a statement fail might also have changed what the next one meets.
    let isFit = false;
    try {
      if (!isOpen) {
        await mkdir(spillFolder, { recursive: true });
        folder = await mkdtemp(join(spillFolder, 'session-'));
        await open(session, sessionOptions, folder);
      }
      const result = await work(session);
      isFit = true;
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      const one = { process, session, folder };
      if (isFit && keepAs !== undefined && signal?.aborted !== true) await keep(keepAs, one);
      else await closeSession(one);
      clearTimeout(timer);
      clearTimeout(graceTimer);
    }
  };

  return {
    withSession,
    warmUp,
    keepWarm: (count) => {
      warm = count;
      restock();
    },
    close: async () => {
      isClosed = true;
      for (const wake of waiting.splice(0)) wake();
      const folders = kept.map(({ folder }) => folder);
      const ending = [...alive];
      for (const process of ending) process.kill();
      await Promise.all(ending.map((process) => process.exited));
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}
