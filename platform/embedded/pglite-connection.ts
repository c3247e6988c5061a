import type { Socket } from 'node:net';

/** What a connection needs of the engine: runs wire messages and hands back what Postgres says to them. */
export type RunMessages = (messages: Uint8Array, onData: (data: Uint8Array) => void) => Promise<void>;

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
const PROTOCOL_3 = 196608;
/** A message longer than this is no message (Postgres' own limit is 1 GB). */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Frontend messages after which the server must answer; what comes before one of them waits for it. */
const ANSWERED = new Set([...'QSHFpdcf'].map((letter) => letter.charCodeAt(0)));
const PASSWORD = 'p'.charCodeAt(0);
const TERMINATE = 'X'.charCodeAt(0);

/** Reads what must be known before a connection gets its turn: its startup packet, or that it only wants to cancel. */
export class Handshake {
  #buffer = Buffer.alloc(0);

  constructor(private readonly socket: Socket) {}

  /** Feeds bytes; gives the startup packet and what followed it once it is whole, 'close' for anything that is no Postgres client, else undefined. */
  feed(data: Buffer): { startup: Buffer; rest: Buffer } | 'close' | undefined {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    while (this.#buffer.length >= 8) {
      const length = this.#buffer.readInt32BE(0);
      const code = this.#buffer.readInt32BE(4);
      if (code === SSL_REQUEST || code === GSS_REQUEST) {
        this.socket.write('N');
        this.#buffer = this.#buffer.subarray(8);
        continue;
      }
      // PGlite runs one statement at a time to its end, in one thread: there is nothing that could be cancelled.
      if (code === CANCEL_REQUEST || code !== PROTOCOL_3 || length < 8 || length > 10_000) return 'close';
      if (this.#buffer.length < length) return undefined;
      return { startup: this.#buffer.subarray(0, length), rest: this.#buffer.subarray(length) };
    }
    return undefined;
  }
}

/** The user that a startup packet names. */
export function userOf(startup: Buffer): string {
  const words = startup.subarray(8).toString('utf8').split('\0');
  for (let i = 0; i + 1 < words.length; i += 2) {
    if (words[i] === 'user') return words[i + 1] ?? '';
  }
  return '';
}

/** A FATAL ErrorResponse. */
export function fatal(code: string, message: string): Buffer {
  const fields = `SFATAL\0VFATAL\0C${code}\0M${message}\0\0`;
  return frame('E', Buffer.from(fields));
}

/** AuthenticationCleartextPassword. */
export const askPassword = (): Buffer => frame('R', Buffer.from([0, 0, 0, 3]));

/** A Query message. */
export const queryMessage = (sql: string): Buffer => frame('Q', Buffer.from(`${sql}\0`));

function frame(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** Splits a byte stream into what can be run at once: whole messages, up to the last one that must be answered. */
export class MessageBuffer {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes that are needed before another look is worth it: spares copying a large message for each of its pieces. */
  #needed = 5;

  push(data: Buffer): void {
    this.#chunks.push(data);
    this.#length += data.length;
  }

  /** Takes the password message off the front, if it is whole. */
  takePassword(): string | undefined {
    const buffer = this.#join();
    if (buffer.length < 5) return undefined;
    const end = 1 + buffer.readInt32BE(1);
    if (buffer[0] !== PASSWORD) return '';
    if (buffer.length < end) return undefined;
    this.#replace(buffer.subarray(end));
    return buffer.subarray(5, end - 1).toString('utf8');
  }

  /** What can be run now (maybe empty), and whether the client said goodbye after it. Throws on bytes that are no message. */
  take(): { messages: Buffer; ended: boolean } {
    if (this.#length < this.#needed) return { messages: Buffer.alloc(0), ended: false };
    const buffer = this.#join();
    let position = 0;
    let runnable = 0;
    let ended = false;
    this.#needed = 5;
    while (buffer.length - position >= 5) {
      const end = position + 1 + buffer.readInt32BE(position + 1);
      if (end < position + 5 || end - position > MAX_MESSAGE_BYTES) throw new Error('not a Postgres message');
      if (buffer[position] === TERMINATE) {
        ended = true;
        break;
      }
      if (buffer.length < end) {
        this.#needed = end;
        break;
      }
      if (ANSWERED.has(buffer[position] as number)) runnable = end;
      position = end;
    }
    const messages = buffer.subarray(0, runnable);
    this.#replace(buffer.subarray(runnable));
    this.#needed = Math.max(5, this.#needed - runnable);
    return { messages, ended };
  }

  #join(): Buffer {
    const buffer = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#replace(buffer);
    return buffer;
  }

  #replace(buffer: Buffer): void {
    this.#chunks = [buffer];
    this.#length = buffer.length;
  }
}
