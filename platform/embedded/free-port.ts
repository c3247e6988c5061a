import { createServer } from 'node:net';
import { QuaestorError } from '../../contracts/quaestor-error.js';

export interface FindFreePortOptions {
  /** The port to try first. */
  preferred: number;
  /** Address that will be bound. Default 127.0.0.1. */
  host?: string;
  /** Ports promised to somebody else already; the port found is added to it. */
  taken?: Set<number>;
}

const ATTEMPTS = 200;

/**
 * The preferred port, or the next free one upward. A port counts as free when it can be bound right now;
 * somebody else may still take it before the caller does.
 * Throws `embedded_server_failed` when 200 ports in a row are taken.
 */
export async function findFreePort({
  preferred,
  host = '127.0.0.1',
  taken,
}: FindFreePortOptions): Promise<number> {
  for (let port = preferred; port < preferred + ATTEMPTS && port <= 65_535; port++) {
    if (taken?.has(port)) continue;
    if (await canBind(port, host)) {
      taken?.add(port);
      return port;
    }
  }
  throw new QuaestorError(
    'embedded_server_failed',
    `No free port on ${host} between ${preferred} and ${Math.min(preferred + ATTEMPTS - 1, 65_535)}.`,
  );
}

function canBind(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
