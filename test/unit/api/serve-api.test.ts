import type { Server } from 'node:http';
import { expect, test } from '@jest/globals';
import express from 'express';
import { serveApi } from '../../../api/serve-api.js';

test('an upload may take hours, the headers of a request may not, and idle connections are kept as long as is said', async () => {
  const app = express();
  const listen = app.listen.bind(app) as (...args: unknown[]) => Server;
  let server: Server | undefined;
  app.listen = ((...args: unknown[]) => {
    server = listen(...args);
    return server;
  }) as typeof app.listen;
  const serving = await serveApi(app, { host: '127.0.0.1', port: 0, keepAliveMs: 12_345 });
  try {
    expect(server?.requestTimeout).toBeGreaterThanOrEqual(12 * 3_600_000);
    expect(server?.headersTimeout).toBeLessThanOrEqual(60_000);
    expect(server?.keepAliveTimeout).toBe(12_345);
  } finally {
    await serving.close();
  }
});
