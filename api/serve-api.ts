import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

export interface ApiServer {
  /** `http://host:port`. */
  readonly url: string;
  /** Takes no more connections and ends the idle ones; resolves when the last has ended. */
  close(): Promise<void>;
  /** Ends what is left. */
  closeAllConnections(): void;
}

/** One request: as long as an upload in pieces lives. Node's default of five minutes would end uploads of large files with a 408. */
const REQUEST_MS = 24 * 3_600_000;

/**
 * Listens; port 0 picks a free one. Rejects when the address cannot be had.
 * @param http.keepAliveMs longer than clients and load balancers keep an idle connection (60 s is usual), so that the server never closes
 * one on which a request is just being sent; Node's default is 5 s
 */
export async function serveApi(
  app: Express,
  http: { host: string; port: number; keepAliveMs: number },
): Promise<ApiServer> {
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(http.port, http.host, (error?: Error) =>
      error ? reject(error) : resolve(listening),
    );
  });
  server.keepAliveTimeout = http.keepAliveMs;
  // The headers of a request still have a minute.
  server.requestTimeout = REQUEST_MS;
  return {
    url: `http://${http.host}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
    },
    closeAllConnections: () => server.closeAllConnections(),
  };
}
