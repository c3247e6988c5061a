import { open } from 'node:fs/promises';

const FULL_CHARS = 512 * 1024;

export interface TextOutput {
  /** What has not been written yet; add to it. */
  text: string;
  /** Enough is there for `flush`. */
  readonly isFull: boolean;
  /** Writes what is there. A full disk rejects here, where a stream would tell nobody. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Makes or empties a text file that is written piece by piece. */
export async function openTextOutput(path: string): Promise<TextOutput> {
  const file = await open(path, 'w');
  const output = {
    text: '',
    get isFull() {
      return output.text.length >= FULL_CHARS;
    },
    flush: async () => {
      const { text } = output;
      output.text = '';
      if (text !== '') await file.appendFile(text);
    },
    close: () => file.close(),
  };
  return output;
}
