import { afterEach, expect, test } from '@jest/globals';
import { createEventBus, type EventBus } from '../../../platform/event-bus.js';
import { waitUntil } from '../../support/wait-until.js';
import { type FakeRedis, startFakeRedis } from './support/fake-redis.js';

const buses: EventBus[] = [];
const servers: FakeRedis[] = [];
afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.close();
  for (const server of servers.splice(0)) await server.stop();
});

const open = (redisUrl?: string): EventBus => {
  const bus = createEventBus({ redisUrl });
  buses.push(bus);
  return bus;
};
const openRedis = async (port?: number): Promise<FakeRedis> => {
  const server = await startFakeRedis(port);
  servers.push(server);
  return server;
};
const until = async (isSo: () => boolean): Promise<void> => {
  await waitUntil('it is so', isSo);
};

test('wakes those who wait for this job, and nobody after they left', async () => {
  const bus = open();
  const woken: string[] = [];
  const leave = bus.subscribe('a', () => woken.push('a'));
  bus.subscribe('b', () => woken.push('b'));
  bus.publish('a');
  bus.publish('c');
  leave();
  bus.publish('a');
  expect(woken).toEqual(['a']);
  expect([bus.kind, bus.isDegraded()]).toEqual(['in-process', false]);
});

test('a step wakes only those who follow every step, here and through Redis', async () => {
  const { url } = await openRedis();
  const [one, two] = [open(url), open(url)];
  await until(() => !one.isDegraded() && !two.isDegraded());
  const woken: string[] = [];
  for (const [name, bus] of [
    ['one', one],
    ['two', two],
  ] as const) {
    bus.subscribe('a', () => woken.push(name));
    bus.subscribe('a', () => woken.push(`${name}, turns`), 'turn');
  }
  one.publish('a', 'step');
  await until(() => woken.length === 2);
  expect(woken).toEqual(['one', 'two']);
  one.publish('a');
  await until(() => woken.length === 6);
  expect(woken.slice(2)).toEqual(['one', 'one, turns', 'two', 'two, turns']);
});

test('wakes readers in other processes through Redis, each once', async () => {
  const { url } = await openRedis();
  const [one, two] = [open(url), open(url)];
  await until(() => !one.isDegraded() && !two.isDegraded());
  const woken: string[] = [];
  one.subscribe('a', () => woken.push('one'));
  two.subscribe('a', () => woken.push('two'));
  one.publish('a');
  await until(() => woken.length === 2);
  two.publish('a');
  await until(() => woken.length === 4);
  expect(woken).toEqual(['one', 'two', 'two', 'one']);
});

test('without Redis it says so, still wakes its own readers, and never throws; with Redis back it is whole again', async () => {
  const server = await openRedis();
  const [one, two] = [open(server.url), open(server.url)];
  await until(() => !one.isDegraded() && !two.isDegraded());
  const woken: string[] = [];
  one.subscribe('a', () => woken.push('one'));
  two.subscribe('a', () => woken.push('two'));

  await server.stop();
  await until(() => one.isDegraded() && two.isDegraded());
  one.publish('a');
  expect(woken).toEqual(['one']);

  await openRedis(server.port);
  await until(() => !one.isDegraded() && !two.isDegraded());
  one.publish('a');
  await until(() => woken.length === 3);
  expect(woken).toEqual(['one', 'one', 'two']);
});

test('starts without Redis', async () => {
  const server = await openRedis();
  await server.stop();
  const bus = open(server.url);
  bus.publish('a');
  expect([bus.kind, bus.isDegraded()]).toEqual(['redis', true]);
});
