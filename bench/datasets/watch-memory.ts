import { readdir, readFile } from 'node:fs/promises';

/**
 * Memory of a process (default: this one) and all below it, four times a second. `peakBytes`: anonymous pages only, as files are shared;
 * `peakResidentBytes`: all that is resident, with the pages of files, which are counted for each process that maps them. Linux.
 */
export function watchTreeMemory(pid = process.pid): {
  peakBytes: () => number;
  peakResidentBytes: () => number;
  reset: () => void;
  stop: () => void;
} {
  let peak = 0;
  let peakResident = 0;
  const timer = setInterval(() => {
    void treeBytes(pid).then(({ anonymous, resident }) => {
      peak = Math.max(peak, anonymous);
      peakResident = Math.max(peakResident, resident);
    });
  }, 250);
  return {
    peakBytes: () => peak,
    peakResidentBytes: () => peakResident,
    reset: () => {
      peak = peakResident = 0;
    },
    stop: () => clearInterval(timer),
  };
}

async function treeBytes(root: number): Promise<{ anonymous: number; resident: number }> {
  const parents = new Map<number, { parent: number; anonymous: number; resident: number }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? -1);
    const bytes = (field: RegExp): number => Number(field.exec(status)?.[1] ?? 0) * 1024;
    parents.set(Number(name), {
      parent,
      anonymous: bytes(/^RssAnon:\s+(\d+)/m),
      resident: bytes(/^VmRSS:\s+(\d+)/m),
    });
  }
  const sum = { anonymous: 0, resident: 0 };
  for (const [pid, { anonymous, resident }] of parents) {
    let at = pid;
    while (at !== root && parents.has(at)) at = parents.get(at)?.parent ?? -1;
    if (at !== root) continue;
    sum.anonymous += anonymous;
    sum.resident += resident;
  }
  return sum;
}
