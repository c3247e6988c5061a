import { type ChildProcess, spawn } from 'node:child_process';
import { findOnPath } from '../../../platform/find-on-path.js';
import { processEntry } from '../../../platform/process-entry.js';
import type { FromProcess, ToProcess } from './protocol.js';
import { watchMemory } from './watch-memory.js';

export interface DuckDbProcess {
  readonly pid: number;
  /** Settles when the process has ended, whoever ended it. */
  readonly exited: Promise<ProcessExit>;
  readonly isAlive: boolean;
  send(message: ToProcess): void;
  /** Replaces the listener; messages without one are dropped. */
  onMessage(listener: ((message: FromProcess) => void) | undefined): void;
  kill(): void;
}

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The process was ended for using more than its cap. */
  wasOverCap: boolean;
}

/**
 * Private memory that Node and DuckDB hold and do not use: their allocators keep the addresses of what they have freed (measured: 1,336 MB
 * held with 64 MB resident, after previews of many steps). So this stops what grows faster than the watch looks; the cap itself is
 * watched in the resident memory.
 */
const RESERVED_BYTES = 1_500 * 1024 ** 2;

/** It takes some 0.5 s; one that hangs is killed. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts a process of the pool with nothing in its environment. `prlimit` caps its data segment from outside (Linux); where that
 * is missing its resident memory is watched twice a second. Resolves when it is ready for a session.
 */
export async function startDuckDbProcess(capBytes: number): Promise<DuckDbProcess> {
  const node = [process.execPath, ...processEntry(import.meta.url, 'duckdb-process')];
  const prlimit =
    process.platform === 'linux' ? await findOnPath('prlimit', { PATH: '/usr/bin:/bin' }) : undefined;
  const [command = '', ...args] = prlimit ? [prlimit, `--data=${capBytes + RESERVED_BYTES}`, ...node] : node;
  const child = spawn(command, args, {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  let listener: ((message: FromProcess) => void) | undefined;
  let isAlive = true;
  let wasOverCap = false;
  const memory = watchMemory({
    pid: () => child.pid,
    capBytes,
    onOver: () => {
      wasOverCap = true;
      child.kill('SIGKILL');
    },
  });
  const exited = untilExit(child).then(({ code, signal }): ProcessExit => {
    isAlive = false;
    memory.stop();
    return { code, signal, wasOverCap };
  });
  child.on('message', (message) => listener?.(message as FromProcess));
  const ready = new Promise<void>((resolve) => {
    listener = () => resolve();
  });
  const patience = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  await Promise.race([
    ready,
    exited.then(({ code, signal }) => {
      throw new Error(`The DuckDB process did not start (${signal ?? `exit code ${code}`})`);
    }),
  ]).finally(() => clearTimeout(patience));
  // It must not keep its parent alive; the parent's end closes the channel, which ends it.
  child.unref();
  child.channel?.unref();
  return {
    pid: child.pid ?? -1,
    exited,
    get isAlive() {
      return isAlive;
    },
    send: (message) => {
      // A process that has just ended tells so by `exited`.
      if (child.connected) child.send(message, () => {});
    },
    onMessage: (next) => {
      listener = next;
    },
    kill: () => {
      // Whoever ends it waits for its end, also when nothing else is left to wait for.
      child.ref();
      child.kill('SIGKILL');
    },
  };
}

const untilExit = (child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> =>
  new Promise((resolve) => {
    child.once('error', () => resolve({ code: -1, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
