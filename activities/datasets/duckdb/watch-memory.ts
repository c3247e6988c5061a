import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

const INTERVAL_MS = 500;

export interface MemoryWatch {
  stop(): void;
}

/** Looks at a process's resident memory twice a second and calls `onOver` once when it is above the cap. */
export function watchMemory(options: {
  pid: () => number | undefined;
  capBytes: number;
  onOver: () => void;
}): MemoryWatch {
  const timer = setInterval(() => {
    const pid = options.pid();
    if (pid === undefined) return;
    void residentBytes(pid).then((bytes) => {
      if (bytes === undefined || bytes <= options.capBytes) return;
      clearInterval(timer);
      options.onOver();
    });
  }, INTERVAL_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Resident memory without the pages of files (mapped libraries, Parquet); undefined when the process is gone. */
async function residentBytes(pid: number): Promise<number | undefined> {
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const kilobytes = /RssAnon:\s+(\d+)/.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  }
  return await new Promise((resolve) => {
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, stdout) =>
      resolve(error ? undefined : Number(stdout.trim()) * 1024),
    );
  });
}
