import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { findFreePort } from '../../platform/embedded/free-port.js';
import { runOffset } from './run-offset.js';
import { waitUntil } from './wait-until.js';

/** Whether this machine has Redis; suites that need it say so when they are skipped. */
export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

export interface RedisServer {
  url: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** On the same port again, with nothing in it. */
  start(): Promise<void>;
}

/** A Redis of its own on a free port of 127.0.0.1, in memory alone. The caller kills it. */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await findFreePort({ preferred: 16_379 + runOffset(5) });
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      child = spawn('redis-server', args, { stdio: 'ignore' });
      await waitUntil('Redis answers', () => answersPing(port));
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
  await server.start();
  return server;
}

async function answersPing(port: number): Promise<boolean> {
  const redis = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null, protocol: 2 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
