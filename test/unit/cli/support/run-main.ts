import { Readable } from 'node:stream';
import { main } from '../../../../cli/main.js';

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  stdin?: string;
  isTty?: boolean;
}

/** Runs a command line in this process, with streams that are kept as text. */
export async function runMain(args: string[], options: RunOptions = {}): Promise<RunResult> {
  const streams = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof streams) => ({
    isTTY: options.isTty ?? false,
    columns: 100,
    write: (text: string) => {
      streams[name] += text;
      return true;
    },
  });
  const exitCode = await main(args, {
    projectFolder: '/nowhere',
    env: options.env ?? {},
    stdin: Object.assign(Readable.from(options.stdin === undefined ? [] : [options.stdin]), {
      isTTY: options.isTty ?? false,
    }),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  });
  return { exitCode, ...streams };
}
