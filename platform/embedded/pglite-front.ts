import { createServer, type Server, type Socket } from 'node:net';
import {
  askPassword,
  fatal,
  Handshake,
  MessageBuffer,
  queryMessage,
  type RunMessages,
  userOf,
} from './pglite-connection.js';

export interface PgliteFrontOptions {
  run: RunMessages;
  /** Every client must give it. */
  password: string;
  /** How long a second connection waits for the first to end. Default 30 s. */
  waitTimeoutMs?: number;
}

/**
 * A Postgres server over one PGlite, strictly one connection at a time: the others wait in line, and after `waitTimeoutMs` are refused as
 * "too many connections" (53300). Each connection starts with a clean session as the user it names, also after the one before was killed in
 * a transaction.
 *
 * Our own, instead of PGLiteSocketServer of pglite-socket 0.2.17, because that one refuses a second connection with bytes that are no Postgres
 * message (a pool that reconnects after a broken connection meets this), keeps settings, temporary tables, prepared statements
 * and advisory locks for the next client, and never answers again after the engine has thrown once.
 */
export function createPgliteFront({ run, password, waitTimeoutMs = 30_000 }: PgliteFrontOptions): Server {
  let turn: Promise<void> = Promise.resolve();

  const runQuery = async (sql: string): Promise<Buffer | undefined> => {
    const chunks: Uint8Array[] = [];
    await run(queryMessage(sql), (data) => chunks.push(Uint8Array.from(data)));
    const answer = Buffer.concat(chunks);
    return answer[0] === 'E'.charCodeAt(0) ? answer : undefined;
  };

  const serve = async (socket: Socket, startup: Buffer, incoming: Incoming): Promise<void> => {
    await runQuery('ROLLBACK');
    await runQuery('DISCARD ALL');
    const user = userOf(startup);
    const write = (data: Uint8Array) => {
      if (socket.writable) socket.write(Buffer.from(data));
    };
    // Named always: in PGlite's single-user mode DISCARD ALL does not go back to the first user.
    const refused = await runQuery(`SET SESSION AUTHORIZATION "${user.replaceAll('"', '""')}"`);
    if (refused) {
      socket.end(fatal('28000', `role "${user}" does not exist`));
      return;
    }
    await run(startup, write);
    for (;;) {
      const { messages, ended } = incoming.buffer.take();
      if (messages.length > 0) await run(messages, write);
      if (ended || incoming.closed) break;
      if (messages.length === 0) await incoming.more();
    }
    socket.end();
  };

  const greet = async (socket: Socket): Promise<void> => {
    const incoming = new Incoming(socket);
    const handshake = new Handshake(socket);
    const start = await incoming.handshake(handshake);
    if (!start) {
      socket.destroy();
      return;
    }
    socket.write(askPassword());
    let given = incoming.buffer.takePassword();
    while (given === undefined && !incoming.closed) {
      await incoming.more();
      given = incoming.buffer.takePassword();
    }
    if (given !== password) {
      socket.end(fatal('28P01', `password authentication failed for user "${userOf(start)}"`));
      return;
    }
    const before = turn;
    let finish = () => {};
    turn = new Promise((resolve) => {
      finish = resolve;
    });
    try {
      let waited = false;
      const timer = setTimeout(() => {
        waited = true;
        socket.end(
          fatal(
            '53300',
            'too many connections: the embedded store has exactly one, and another client holds it',
          ),
        );
      }, waitTimeoutMs);
      await before;
      clearTimeout(timer);
      if (!waited && !incoming.closed) await serve(socket, start, incoming);
    } finally {
      finish();
    }
  };

  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    greet(socket).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(`connection ended: ${message}\n`);
      if (socket.writable) socket.end(fatal('XX000', message));
      socket.destroy();
    });
  });
  return server;
}

/** The bytes of one socket, kept until they are asked for. */
class Incoming {
  readonly buffer = new MessageBuffer();
  closed = false;
  #handshake: ((data: Buffer | undefined) => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    socket.on('data', (data) => {
      if (this.#handshake) this.#handshake(data);
      else this.buffer.push(data);
      this.#wake?.();
    });
    const end = () => {
      this.closed = true;
      this.#handshake?.(undefined);
      this.#wake?.();
    };
    socket.on('end', end);
    socket.on('close', end);
  }

  /** The startup packet, or undefined when there will be none. */
  handshake(handshake: Handshake): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      const finish = (startup: Buffer | undefined) => {
        this.#handshake = undefined;
        resolve(startup);
      };
      this.#handshake = (data) => {
        if (data === undefined) return finish(undefined);
        const result = handshake.feed(data);
        if (result === 'close') finish(undefined);
        else if (result) {
          if (result.rest.length > 0) this.buffer.push(result.rest);
          finish(result.startup);
        }
      };
    });
  }

  /** Resolves when more bytes have come or none will. */
  async more(): Promise<void> {
    if (this.closed) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}
