/**
 * The model server of tests and benches: import `startModelServer`, or run it as a process, which prints its address in the
 * first line:
 *
 *     npx tsx test/support/model-server.ts --port 0 --latency-ms 0 --reply '```sql …```'
 *
 * A parent that will kill it starts `node --import tsx test/support/model-server.ts`: npx does not pass signals on.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startModelServer } from './model-server/start-model-server.js';

export { startModelServer } from './model-server/start-model-server.js';
export type {
  Behaviour,
  ChatMessage,
  ModelServer,
  ModelServerOptions,
  ModelServerStats,
  RecordedRequest,
} from './model-server/types.js';

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'latency-ms': { type: 'string', default: '0' },
      'embedding-latency-ms': { type: 'string' },
      'chat-latency-ms': { type: 'string' },
      seed: { type: 'string', default: '1' },
      dimensions: { type: 'string', default: '1536' },
      'api-key': { type: 'string' },
      reply: { type: 'string' },
      /** Part of the requests that get a 429 or a 500. */
      'fault-rate': { type: 'string', default: '0' },
    },
  });
  const number = (name: keyof typeof values, value: string | undefined): number => {
    const parsed = Number(value);
    if (!Number.isFinite(parsed) || parsed < 0)
      throw new Error(`--${name} must be a number, not "${value}".`);
    return parsed;
  };
  const latency = values['latency-ms'];
  const server = await startModelServer({
    port: number('port', values.port),
    seed: number('seed', values.seed),
    dimensions: number('dimensions', values.dimensions),
    latencyMs: {
      embeddings: number('embedding-latency-ms', values['embedding-latency-ms'] ?? latency),
      chat: number('chat-latency-ms', values['chat-latency-ms'] ?? latency),
      models: number('latency-ms', latency),
    },
    ...(values['api-key'] === undefined ? {} : { apiKey: values['api-key'] }),
    ...(values.reply === undefined ? {} : { reply: () => values.reply! }),
    keepRequests: 0,
  });
  server.faults({
    probability: number('fault-rate', values['fault-rate']),
    behaviours: [
      { kind: 'rate-limit', retryAfter: 1 },
      { kind: 'error', status: 500 },
    ],
  });
  process.stdout.write(`${server.baseUrl}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
};

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
