import { readFile } from 'node:fs/promises';
import { Client, Connection, type ConnectionLike, type ConnectionOptions } from '@temporalio/client';
import type { TemporalConfig } from './config.js';

/** Address, TLS and API key in the form that both `Connection` and the worker's `NativeConnection` take. */
export async function temporalConnectionOptions(config: TemporalConfig): Promise<{
  address: string;
  apiKey: string | undefined;
  tls: Exclude<ConnectionOptions['tls'], null>;
}> {
  const { cert, key, ca } = config.tlsPaths;
  const read = async (path: string | undefined) => (path ? await readFile(path) : undefined);
  const [certBytes, keyBytes, caBytes] = await Promise.all([read(cert), read(key), read(ca)]);
  const tls = {
    ...(caBytes ? { serverRootCACertificate: caBytes } : {}),
    ...(certBytes && keyBytes ? { clientCertPair: { crt: certBytes, key: keyBytes } } : {}),
  };
  return { address: config.address, apiKey: config.apiKey, tls: config.tls ? tls : false };
}

/** A client over any connection: the plain one, or a worker's `NativeConnection`, with which workflows can start eagerly. */
export const createTemporalClient = (options: { connection: ConnectionLike; namespace: string }): Client =>
  new Client({ connection: options.connection, namespace: options.namespace });

/**
 * A client that connects at its first call and again after each outage, so that a process starts while Temporal is away.
 * @throws when a TLS file cannot be read.
 */
export async function connectTemporal(
  config: TemporalConfig,
): Promise<{ connection: Connection; client: Client }> {
  const connection = Connection.lazy({
    ...(await temporalConnectionOptions(config)),
    // gRPC's own back-off grows to two minutes, long after the server is back.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 2_000 },
    // The SDK's own retries go on in the background and throw when the connection is closed meanwhile: engine-call.ts retries.
    interceptors: [],
  });
  return { connection, client: createTemporalClient({ connection, namespace: config.namespace }) };
}
