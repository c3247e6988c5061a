import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/**
 * Longer than clients and load balancers keep an idle connection (60 s is usual): the server then never closes one on which a request is
 * just being sent. Node's default is 5 s.
 */
const KEEP_ALIVE_MS = 65_000;

export interface ApiServer {
  /** `http://host:port`. */
  readonly url: string;
  /** Takes no more connections and ends the idle ones; resolves when the last has ended. */
  close(): Promise<void>;
  /** Ends what is left. */
  closeAllConnections(): void;
}

/** Listens; port 0 picks a free one. Rejects when the address cannot be had. */
export async function serveApi(
  app: Express,
  { host, port }: { host: string; port: number },
): Promise<ApiServer> {
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(port, host, (error?: Error) => (error ? reject(error) : resolve(listening)));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
    },
    closeAllConnections: () => server.closeAllConnections(),
  };
}
