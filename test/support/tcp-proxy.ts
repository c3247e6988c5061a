import { createServer, connect as dial, type Socket } from 'node:net';

export interface TcpProxyOptions {
  /** Where to: a URL (its scheme is kept) or `host:port`. */
  target: string;
}

export interface TcpProxy {
  port: number;
  /** The target as seen through the proxy: the same URL, or `host:port`, with this proxy's host and port. */
  url: string;
  /** Breaks all connections and refuses new ones, as when the server dies: the port is closed. */
  cut(): Promise<void>;
  /** Refuses new connections; the ones that are there live on. */
  refuse(): Promise<void>;
  /** Listens on the same port again. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Stands between a client and a server on 127.0.0.1, to take the server away and give it back. */
export async function startTcpProxy({ target }: TcpProxyOptions): Promise<TcpProxy> {
  const parsed = target.includes('://') ? new URL(target) : undefined;
  const at = target.lastIndexOf(':');
  const host = parsed ? parsed.hostname : target.slice(0, at);
  const port = Number(parsed ? parsed.port || '5432' : target.slice(at + 1));
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = dial({ host, port });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.setNoDelay(true);
      socket.pipe(other);
    }
  });
  const listen = (wanted: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, HOST, () => {
        server.off('error', reject);
        resolve((server.address() as { port: number }).port);
      });
    });
  let closed: Promise<unknown> = Promise.resolve();
  const refuse = async () => {
    if (server.listening) closed = new Promise((resolve) => server.close(resolve));
  };
  const cut = async () => {
    await refuse();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const ownPort = await listen(0);
  return {
    port: ownPort,
    url: through(parsed, ownPort),
    cut,
    refuse,
    restore: async () => {
      if (!server.listening) await listen(ownPort);
    },
    close: cut,
  };
}

function through(target: URL | undefined, port: number): string {
  if (!target) return `${HOST}:${port}`;
  const url = new URL(target);
  url.hostname = HOST;
  url.port = String(port);
  return url.href;
}
