import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createLogger } from '../../../platform/logger.js';
import { createShutdown } from '../../../platform/shutdown.js';

const silent = createLogger({
  level: 'silent',
  name: 'test',
  destination: new Writable({ write: () => undefined }),
});
const noExit = () => undefined;

test('steps run once, the last added first, each after the one before', async () => {
  const shutdown = createShutdown({ logger: silent, graceMs: 1_000, signals: [], exit: noExit });
  const order: string[] = [];
  const step = (name: string) => async () => {
    order.push(`${name} begins`);
    await Promise.resolve();
    order.push(`${name} ends`);
  };
  shutdown.onShutdown('store', step('store'));
  shutdown.onShutdown('server', step('server'));
  expect(shutdown.isShuttingDown).toBe(false);
  expect(await Promise.all([shutdown.run('test'), shutdown.run('again')])).toEqual([true, true]);
  expect(order).toEqual(['server begins', 'server ends', 'store begins', 'store ends']);
  expect(shutdown.isShuttingDown).toBe(true);
});

test('a step that fails does not keep the others from running, and is told', async () => {
  const shutdown = createShutdown({ logger: silent, graceMs: 1_000, signals: [], exit: noExit });
  let isClosed = false;
  shutdown.onShutdown('store', () => {
    isClosed = true;
  });
  shutdown.onShutdown('server', () => {
    throw new Error('stuck');
  });
  expect(await shutdown.run('test')).toBe(false);
  expect(isClosed).toBe(true);
});

test('a step that hangs is not waited for longer than the grace time', async () => {
  const shutdown = createShutdown({ logger: silent, graceMs: 20, signals: [], exit: noExit });
  shutdown.onShutdown('server', async () => new Promise<never>(() => undefined));
  expect(await shutdown.run('test')).toBe(false);
});

test('a signal stops and exits, a second one exits at once', async () => {
  const exits: number[] = [];
  const shutdown = createShutdown({
    logger: silent,
    graceMs: 10_000,
    signals: ['SIGUSR2'],
    exit: (code) => exits.push(code),
  });
  let finish = (): void => undefined;
  shutdown.onShutdown('server', async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  const [listener] = process.listeners('SIGUSR2').slice(-1);
  listener?.('SIGUSR2');
  expect(exits).toEqual([]);
  listener?.('SIGUSR2');
  expect(exits).toEqual([130]);
  finish();
  await shutdown.run('test');
  await new Promise((resolve) => setImmediate(resolve));
  expect(exits).toEqual([130, 0]);
  process.removeAllListeners('SIGUSR2');
});
