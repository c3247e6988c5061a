import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface FakeRedis {
  url: string;
  port: number;
  /** Ends it with all its connections, as a crash does. */
  stop(): Promise<void>;
}

/** As much of Redis as publishing and subscribing need (RESP2). */
export async function startFakeRedis(port = 0): Promise<FakeRedis> {
  const sockets = new Set<Socket>();
  const subscribers = new Map<Socket, string>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let buffered = '';
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      subscribers.delete(socket);
    });
    socket.on('data', (chunk: string) => {
      buffered += chunk;
      for (let next = takeCommand(buffered); next; next = takeCommand(buffered)) {
        buffered = next.rest;
        answer(socket, next.words);
      }
    });
  });

  const answer = (socket: Socket, [command = '', channel = '', message = '']: string[]): void => {
    switch (command.toLowerCase()) {
      case 'info':
        socket.write(bulk('redis_version:7.0.0\r\nloading:0\r\n'));
        break;
      case 'subscribe':
        subscribers.set(socket, channel);
        socket.write(`*3\r\n${bulk('subscribe')}${bulk(channel)}:1\r\n`);
        break;
      case 'publish': {
        const readers = [...subscribers].filter(([, name]) => name === channel);
        for (const [reader] of readers)
          reader.write(`*3\r\n${bulk('message')}${bulk(channel)}${bulk(message)}`);
        socket.write(`:${readers.length}\r\n`);
        break;
      }
      default:
        socket.write('+OK\r\n');
    }
  };

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  let stopped: Promise<void> | undefined;
  return {
    url: `redis://127.0.0.1:${bound}`,
    port: bound,
    stop: () => {
      stopped ??= new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
      return stopped;
    },
  };
}

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** The first whole command of a buffer: an array of bulk strings. */
function takeCommand(text: string): { words: string[]; rest: string } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  let at = head[0].length;
  const words: string[] = [];
  for (let left = Number(head[1]); left > 0; left--) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (!size) return undefined;
    const from = at + size[0].length;
    const to = from + Number(size[1]);
    if (text.length < to + 2) return undefined;
    words.push(text.slice(from, to));
    at = to + 2;
  }
  return { words, rest: text.slice(at) };
}
