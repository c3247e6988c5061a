import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { QuaestorError } from '../../contracts/quaestor-error.js';

const run = promisify(execFile);

interface PidFile {
  pid: number;
  supervisorPid: number;
  state: 'running' | 'stopping';
  marker?: string;
}

/**
 * Makes sure that no server of an earlier run still works on the folder of this pid file: waits for one that is being stopped,
 * stops one whose supervisor was killed, and refuses (`embedded_server_failed`) while another Quaestor uses it.
 */
export async function clearLeftover(name: string, pidFile: string): Promise<void> {
  // The owner may have died this very moment: its supervisor then says "stopping" within a blink.
  const inUseUntil = Date.now() + 2_000;
  const deadline = Date.now() + 30_000;
  let asked = false;
  for (;;) {
    const found = await readPidFile(pidFile);
    if (!found || !(await isRunning(found.pid, found.marker))) {
      await rm(pidFile, { force: true });
      return;
    }
    const supervised = await isRunning(found.supervisorPid, 'supervise.mjs');
    if (supervised && found.state === 'running' && Date.now() > inUseUntil) {
      throw new QuaestorError(
        'embedded_server_failed',
        `The ${name} of this state folder is in use by another Quaestor (process ${found.pid}). Stop that one first, or use another state folder.`,
      );
    }
    if (!supervised && !asked) {
      asked = true;
      signal(found.pid, 'SIGTERM');
    }
    if (Date.now() > deadline) {
      if (supervised) {
        throw new QuaestorError(
          'embedded_server_failed',
          `The ${name} of an earlier run (process ${found.pid}) does not end. End it and start again.`,
        );
      }
      signal(found.pid, 'SIGKILL');
    }
    await delay(100);
  }
}

async function readPidFile(path: string): Promise<PidFile | undefined> {
  try {
    const found = JSON.parse(await readFile(path, 'utf8')) as PidFile;
    return Number.isInteger(found.pid) && Number.isInteger(found.supervisorPid) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Alive, and neither some other program that was given the same number since nor a dead one that nobody has waited for (its line is empty). */
async function isRunning(pid: number, marker: string | undefined): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const line = await commandLineOf(pid);
  return line === undefined || (line !== '' && line.includes(marker ?? ''));
}

async function commandLineOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    }
    if (process.platform === 'win32') return undefined;
    return (await run('ps', ['-p', String(pid), '-o', 'command='])).stdout;
  } catch {
    // It ended between the two looks.
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
