import { spawn } from 'node:child_process';

export interface RunCommandOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Killed after this time. Default 60 s. */
  timeoutMs?: number;
  /** Called every `heartbeatMs` (default 10 s) with the time since the start and the last line printed. */
  onHeartbeat?: (elapsedMs: number, lastLine: string) => void;
  heartbeatMs?: number;
}

export interface CommandResult {
  /** Standard output, then standard error; at most the last 64 KB of each. */
  output: string;
}

const KEEP_BYTES = 64 * 1024;

/** Runs a program to its end. Rejects with its last lines when it cannot start, fails, or takes too long. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<CommandResult> {
  const { timeoutMs = 60_000, onHeartbeat, heartbeatMs = 10_000, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    const startedAt = Date.now();
    const child = spawn(command, [...args], { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    child.stdout.on('data', (data: Buffer) => {
      stdout = (stdout + data.toString()).slice(-KEEP_BYTES);
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr = (stderr + data.toString()).slice(-KEEP_BYTES);
    });
    const output = () => [stdout.trim(), stderr.trim()].filter(Boolean).join('\n');
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const heartbeat = onHeartbeat
      ? setInterval(() => onHeartbeat(Date.now() - startedAt, lastLines(output(), 1)), heartbeatMs)
      : undefined;
    const finish = (error?: Error) => {
      clearTimeout(timer);
      clearInterval(heartbeat);
      if (error) reject(error);
      else resolve({ output: output() });
    };
    child.once('error', (error) => finish(error));
    child.once('close', (code, signal) => {
      if (timedOut) finish(new Error(`took longer than ${Math.round(timeoutMs / 1000)} s`));
      else if (code === 0) finish();
      else finish(new Error(lastLines(output(), 3) || `ended with ${signal ?? `code ${code}`}`));
    });
  });
}

/** The last lines of a text that are not blank. */
export const lastLines = (text: string, count: number): string =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
