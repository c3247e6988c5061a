import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { ProgressStream } from './render/progress.js';

export interface LinePrompt {
  /** Writes the text and returns the next line; an empty one when there is none to come. Rejects when the signal aborts. */
  ask(text: string, signal: AbortSignal): Promise<string>;
  /** Lets go of the input, which would keep the process alive. */
  close(): void;
}

/** Questions to a person: written to `output`, answered in lines of `input`. Nothing is read before the first one. */
export function createLinePrompt(input: NodeJS.ReadableStream, output: ProgressStream): LinePrompt {
  let lines: { reader: Interface; next: () => Promise<IteratorResult<string>> } | undefined;
  const open = () => {
    const reader = createInterface({ input });
    const iterator = reader[Symbol.asyncIterator]();
    return { reader, next: () => iterator.next() };
  };
  return {
    async ask(text, signal) {
      signal.throwIfAborted();
      lines ??= open();
      output.write(text);
      const answered = new AbortController();
      const aborted = once(signal, 'abort', { signal: answered.signal }).then(
        () => signal.throwIfAborted(),
        () => undefined,
      );
      try {
        const line = await Promise.race([lines.next(), aborted]);
        return line && !line.done ? line.value : '';
      } finally {
        answered.abort();
      }
    },
    close: () => lines?.reader.close(),
  };
}
