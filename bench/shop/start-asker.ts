import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AskedSample, AskOrder } from './asker-process.js';

export interface Asker {
  /** Asks the questions, so many at once, and gives what each took. */
  ask(questions: readonly string[], atOnce?: number): Promise<AskedSample[]>;
  stop(): Promise<void>;
}

export async function startAsker(target: Omit<AskOrder, 'questions' | 'atOnce'>): Promise<Asker> {
  const main = fileURLToPath(new URL('./asker-process.ts', import.meta.url));
  const child = fork(main, { execArgv: ['--import', 'tsx'] });
  await once(child, 'spawn');
  return {
    ask: async (questions, atOnce = 1) => {
      const replied = once(child, 'message');
      child.send({ ...target, questions: [...questions], atOnce } satisfies AskOrder);
      const [reply] = (await replied) as [{ samples?: AskedSample[]; error?: string }];
      if (!reply.samples) throw new Error(reply.error);
      return reply.samples;
    },
    stop: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
