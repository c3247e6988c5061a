/** Exit codes of the command line; part of its interface, listed in README.md. */
export const EXIT = {
  /** Answered, or done as asked. */
  ok: 0,
  /** Something failed: Quaestor, the model, the data source or the request. */
  failed: 1,
  /** The command line itself was wrong. */
  usage: 2,
  /** The question was refused: not understood, ambiguous, or not answerable from this data source. */
  refused: 3,
  /** The API cannot be reached. */
  unreachable: 4,
  /** `--wait` ended before the answer was there; the job goes on. */
  stillRunning: 5,
  /** The question waits for its reader to choose a reading. */
  waiting: 6,
  /** Interrupted by Ctrl-C; the job goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
