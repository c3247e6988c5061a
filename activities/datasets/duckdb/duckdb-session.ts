import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { InspectedFile, InspectFileInput } from '../ingest/inspect-file.js';
import type { NormalisedFile, NormaliseFileInput } from '../ingest/normalise-file.js';
import { toDuckDbError, toExitError } from './duckdb-error.js';
import type {
  DuckDbCell,
  DuckDbColumn,
  DuckDbParameter,
  FileTask,
  FromProcess,
  SessionSettings,
  ToProcess,
} from './protocol.js';
import type { DuckDbProcess } from './start-duckdb-process.js';

export interface DuckDbRows {
  columns: DuckDbColumn[];
  rows: DuckDbCell[][];
}

/** One database in memory, in a process of its own for as long as the session lasts. One statement at a time. */
export interface DuckDbSession {
  /** Of the child process. */
  readonly pid: number;
  /** Runs a statement and drops its rows, if it has any. Gives the number of rows changed. */
  run(sql: string, parameters?: DuckDbParameter[]): Promise<number>;
  /** All rows, for results that are known to be small. */
  all(sql: string, parameters?: DuckDbParameter[]): Promise<DuckDbRows>;
  /**
   * Rows in batches of some 2,000. The process runs at most a few batches ahead of the reader; leaving the loop early stops the
   * statement.
   */
  stream(
    sql: string,
    parameters?: DuckDbParameter[],
    onColumns?: (columns: DuckDbColumn[]) => void,
  ): AsyncGenerator<DuckDbCell[][], void, undefined>;
  /** The plan of a SELECT as `EXPLAIN (FORMAT json)` prints it; nothing is run. */
  explain(sql: string): Promise<string>;
  /** Looks at a file: what it is, how it is written; unpacks it where it is compressed. */
  inspect(input: InspectFileInput): Promise<InspectedFile>;
  /** Writes a delimited file again in the one dialect that DuckDB reads exactly. */
  normalise(input: NormaliseFileInput): Promise<NormalisedFile>;
}

type Statement = Exclude<
  FromProcess,
  { kind: 'ready' | 'opened' | 'closed' | 'resting' | 'finished' | 'explained' }
>;

/** The parent's side of one session. Every method rejects with an error of the catalogue, at the latest when the process ends. */
export class ProcessSession implements DuckDbSession {
  readonly #process: DuckDbProcess;
  readonly #inbox: FromProcess[] = [];
  #wake: (() => void) | undefined;
  #ended: QuaestorError | undefined;
  #isBusy = false;

  constructor(process: DuckDbProcess, capBytes: number) {
    this.#process = process;
    process.onMessage((message) => {
      this.#inbox.push(message);
      this.#wake?.();
    });
    void process.exited.then((exit) => this.end(toExitError(exit, capBytes)));
  }

  get pid(): number {
    return this.#process.pid;
  }

  async open(settings: SessionSettings): Promise<void> {
    this.#process.send({ kind: 'open', settings });
    await this.#receive();
  }

  /** Gives the bytes by which the process has grown since it was started. */
  async close(): Promise<number> {
    this.#process.send({ kind: 'close' });
    for (;;) {
      const message = await this.#receive();
      if (message.kind === 'closed') return message.grownBytes;
    }
  }

  /** Leaves the session open. Gives the bytes by which the process has grown since it was started. */
  async rest(): Promise<number> {
    this.#process.send({ kind: 'rest' });
    for (;;) {
      const message = await this.#receive();
      if (message.kind === 'resting') return message.grownBytes;
    }
  }

  /** Makes every pending and later call fail with `reason`; the process is somebody else's to kill. */
  end(reason: QuaestorError): void {
    this.#ended ??= reason;
    this.#wake?.();
  }

  async run(sql: string, parameters: DuckDbParameter[] = []): Promise<number> {
    const statement = this.#statement(sql, parameters);
    for (;;) {
      const next = await statement.next();
      if (next.done) return next.value;
    }
  }

  async all(sql: string, parameters: DuckDbParameter[] = []): Promise<DuckDbRows> {
    let columns: DuckDbColumn[] = [];
    const rows: DuckDbCell[][] = [];
    for await (const batch of this.stream(sql, parameters, (found) => (columns = found))) rows.push(...batch);
    return { columns, rows };
  }

  async inspect(input: InspectFileInput): Promise<InspectedFile> {
    return (await this.#task({ task: 'inspect', input })) as InspectedFile;
  }

  async normalise(input: NormaliseFileInput): Promise<NormalisedFile> {
    return (await this.#task({ task: 'normalise', input })) as NormalisedFile;
  }

  async explain(sql: string): Promise<string> {
    return await this.#request({ kind: 'explain', sql }, (reply) =>
      reply.kind === 'explained' ? reply.plan : undefined,
    );
  }

  async #task(task: FileTask): Promise<InspectedFile | NormalisedFile> {
    return await this.#request({ kind: 'task', task }, (reply) =>
      reply.kind === 'finished' ? reply.result : undefined,
    );
  }

  async #request<Reply>(
    request: ToProcess,
    replyOf: (message: FromProcess) => Reply | undefined,
  ): Promise<Reply> {
    if (this.#isBusy) throw new Error('A session does one thing at a time');
    this.#isBusy = true;
    try {
      this.#process.send(request);
      for (;;) {
        const reply = replyOf(await this.#receive());
        if (reply !== undefined) return reply;
      }
    } finally {
      this.#isBusy = false;
    }
  }

  async *stream(
    sql: string,
    parameters: DuckDbParameter[] = [],
    onColumns?: (columns: DuckDbColumn[]) => void,
  ): AsyncGenerator<DuckDbCell[][], void, undefined> {
    yield* this.#statement(sql, parameters, onColumns);
  }

  async *#statement(
    sql: string,
    parameters: DuckDbParameter[],
    onColumns?: (columns: DuckDbColumn[]) => void,
  ): AsyncGenerator<DuckDbCell[][], number, undefined> {
    if (this.#isBusy) throw new Error('A session runs one statement at a time');
    this.#isBusy = true;
    let isOver = false;
    try {
      this.#process.send({ kind: 'query', sql, parameters });
      for (;;) {
        const message = (await this.#receive().catch((error: unknown) => {
          isOver = true;
          throw error;
        })) as Statement;
        if (message.kind === 'columns') onColumns?.(message.columns);
        else if (message.kind === 'done') {
          isOver = true;
          return message.rowsChanged;
        } else if (message.kind === 'batch') {
          this.#process.send({ kind: 'taken' });
          yield message.rows;
        }
      }
    } finally {
      if (!isOver) await this.#stopStatement();
      this.#isBusy = false;
    }
  }

  /** The reader has left: the rest of the statement is interrupted and thrown away. */
  async #stopStatement(): Promise<void> {
    this.#process.send({ kind: 'interrupt' });
    for (;;) {
      const message = await this.#receive().catch(() => undefined);
      if (message === undefined || message.kind === 'done') return;
    }
  }

  async #receive(): Promise<FromProcess> {
    for (;;) {
      if (this.#ended) throw this.#ended;
      const message = this.#inbox.shift();
      if (message?.kind === 'failed') {
        throw message.code
          ? new QuaestorError(message.code, message.message, { details: message.details })
          : toDuckDbError(message.message);
      }
      if (message) return message;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
