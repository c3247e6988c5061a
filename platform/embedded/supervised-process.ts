import { spawn } from 'node:child_process';
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { clearLeftover } from './leftover-server.js';
import { lastLines } from './run-command.js';

export interface SupervisedSpec {
  /** Name for messages, e.g. "Temporal server". */
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Standard output and error are appended here. */
  logFile: string;
  /** Tells the next start about a server that outlived its owner. */
  pidFile?: string;
  /** A part of the server's command line by which a leftover is recognised. */
  marker?: string;
  /** What asks the server to end in order. Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** Time for that before SIGKILL. Default 10 s. */
  killAfterMs?: number;
}

export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface SupervisedProcess {
  /** The server's own process id. */
  readonly pid: number;
  /** The end of what this run of the server has written to its log. */
  logTail(): Promise<string>;
  /** Resolves when the server has ended, whoever ended it. */
  readonly exited: Promise<ServerExit>;
  /** Asks the server to end, and resolves when it has. May be called many times. */
  stop(): Promise<void>;
}

const SUPERVISOR = fileURLToPath(new URL('./supervise.mjs', import.meta.url));
const LOG_LIMIT_BYTES = 10_000_000;

type Report =
  | { type: 'started'; pid: number }
  | { type: 'failed'; message: string }
  | ({ type: 'exited' } & ServerExit);

/**
 * Starts a server that cannot outlive this process: a small supervisor (supervise.mjs) holds a channel to us and stops the
 * server when the channel closes, even after kill -9. Ctrl-C in the terminal does not reach the server, so that we can stop it in order.
 * Throws `embedded_server_failed` when the program cannot be started or another Quaestor runs it on the same folder.
 */
export async function startSupervised(spec: SupervisedSpec): Promise<SupervisedProcess> {
  if (spec.pidFile) await clearLeftover(spec.name, spec.pidFile);
  await mkdir(dirname(spec.logFile), { recursive: true });
  const logStartBytes = await startLog(spec.logFile);
  const supervisor = spawn(process.execPath, [SUPERVISOR], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
    windowsHide: true,
  });

  let settle: (exit: ServerExit) => void;
  const exited = new Promise<ServerExit>((resolve) => {
    settle = resolve;
  });
  const pid = await new Promise<number>((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new QuaestorError('embedded_server_failed', `The ${spec.name} cannot be started: ${reason}.`));
    supervisor.once('error', (error) => fail(error.message));
    supervisor.on('message', (report: Report) => {
      if (report.type === 'started') resolve(report.pid);
      else if (report.type === 'failed') fail(report.message);
      else settle({ code: report.code, signal: report.signal });
    });
    supervisor.once('exit', () => {
      fail('its supervisor ended');
      settle({ code: null, signal: null });
    });
    supervisor.send(
      { type: 'start', spec: { stopSignal: 'SIGTERM', killAfterMs: 10_000, ...spec } },
      (error) => {
        if (error) fail(error.message);
      },
    );
  });
  const supervisorGone = new Promise<void>((resolve) => {
    if (supervisor.exitCode !== null || supervisor.signalCode !== null) resolve();
    else supervisor.once('exit', () => resolve());
  });

  return {
    pid,
    exited,
    logTail: async () => {
      const log = await readFile(spec.logFile).catch(() => Buffer.from('(no log)'));
      return lastLines(log.subarray(logStartBytes).toString(), 15).slice(-3000);
    },
    async stop() {
      if (supervisor.connected) supervisor.send({ type: 'stop' }, () => {});
      await supervisorGone;
    },
  };
}

export interface ReadyOptions {
  process: SupervisedProcess;
  name: string;
  logFile: string;
  /** Default 60 s. */
  timeoutMs?: number;
  /** Rejects while the server is not ready yet. */
  attempt(): Promise<void>;
}

/** Tries until the server answers. Stops it and throws `embedded_server_failed` with the end of its log when it ends early or takes too long. */
export async function untilReady({ process, name, logFile, timeoutMs = 60_000, attempt }: ReadyOptions) {
  const deadline = Date.now() + timeoutMs;
  let exit: ServerExit | undefined;
  void process.exited.then((value) => {
    exit = value;
  });
  let last: unknown;
  let pauseMs = 25;
  while (!exit && Date.now() < deadline) {
    try {
      await attempt();
      return;
    } catch (error) {
      last = error;
      if (error instanceof QuaestorError) break;
      await Promise.race([process.exited, new Promise((resolve) => setTimeout(resolve, pauseMs))]);
      pauseMs = Math.min(pauseMs * 1.5, 250);
    }
  }
  await process.stop();
  if (last instanceof QuaestorError) throw last;
  const what = exit
    ? `ended while starting (${exit.signal ?? `code ${exit.code}`})`
    : `did not answer within ${Math.round(timeoutMs / 1000)} s (${last instanceof Error ? last.message : last})`;
  throw new QuaestorError(
    'embedded_server_failed',
    `The ${name} ${what}. The end of ${logFile}:\n${await process.logTail()}`,
    { cause: last },
  );
}

/** Puts a large log aside; gives the size of what is there, where this run's part begins. */
async function startLog(logFile: string): Promise<number> {
  const sizeBytes = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (sizeBytes <= LOG_LIMIT_BYTES) return sizeBytes;
  await rename(logFile, `${logFile}.1`);
  return 0;
}
