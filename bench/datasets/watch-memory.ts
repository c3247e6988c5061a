import { readdir, readFile } from 'node:fs/promises';

/** Memory of a process (default: this one) and all below it, four times a second; anonymous pages only, as files are shared. Linux. */
export function watchTreeMemory(pid = process.pid): {
  peakBytes: () => number;
  reset: () => void;
  stop: () => void;
} {
  let peak = 0;
  const timer = setInterval(() => {
    void treeBytes(pid).then((bytes) => {
      peak = Math.max(peak, bytes);
    });
  }, 250);
  return {
    peakBytes: () => peak,
    reset: () => {
      peak = 0;
    },
    stop: () => clearInterval(timer),
  };
}

async function treeBytes(root: number): Promise<number> {
  const parents = new Map<number, { parent: number; bytes: number }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? -1);
    parents.set(Number(name), { parent, bytes: Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024 });
  }
  let sum = 0;
  for (const [pid, { bytes }] of parents) {
    let at = pid;
    while (at !== root && parents.has(at)) at = parents.get(at)?.parent ?? -1;
    if (at === root) sum += bytes;
  }
  return sum;
}
