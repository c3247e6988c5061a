import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Ids of this process's own children whose command line has this text. */
export async function childProcesses(text: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]);
  return stdout
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10));
}
