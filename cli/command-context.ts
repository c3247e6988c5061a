import type { ApiClient } from './api-client.js';
import type { Colors } from './render/colors.js';
import type { ProgressView } from './render/progress.js';

/** What a command gets: the API, and where to say what. */
export interface CommandContext {
  client: ApiClient;
  /** True: standard output holds one JSON document and nothing else. */
  isJson: boolean;
  env: NodeJS.ProcessEnv;
  stdin: AsyncIterable<unknown>;
  /** Asks the person at the terminal and returns a line; absent where there is none. Rejects when the signal aborts. */
  prompt?: (text: string, signal: AbortSignal) => Promise<string>;
  /** A block of text for standard output. */
  print(text: string): void;
  printJson(value: unknown): void;
  /** Colours of standard output. */
  colors: Colors;
  /** Colours of standard error. */
  errorColors: Colors;
  /** Columns of standard output; undefined when it is no terminal. */
  terminalWidth: number | undefined;
  progress: ProgressView;
  /** Aborted by Ctrl-C, with an InterruptedError. */
  signal: AbortSignal;
}
