import { expect, test } from '@jest/globals';
import { createHealth } from '../../../platform/health.js';

const ok = { check: async () => ({ status: 'ok' as const }) };
const failing = {
  check: async () => {
    throw new Error('gone');
  },
};
const hanging = { check: async () => new Promise<never>(() => undefined) };

test('is ok when all parts are', async () => {
  expect(await createHealth({ a: ok, b: ok }).check()).toEqual({
    status: 'ok',
    live: true,
    ready: true,
    parts: { a: { status: 'ok' }, b: { status: 'ok' } },
  });
});

test('is degraded, but ready, without a part that is not vital', async () => {
  const report = await createHealth({ a: { ...ok, isVital: true }, b: failing }).check();
  expect(report).toMatchObject({
    status: 'degraded',
    ready: true,
    parts: { b: { status: 'down', detail: 'gone' } },
  });
});

test('is down, and not ready, without a vital part', async () => {
  const report = await createHealth({ a: ok, b: { ...failing, isVital: true } }).check();
  expect(report).toMatchObject({ status: 'down', ready: false });
});

test('a part that does not answer is down, and does not hold up the others', async () => {
  const report = await createHealth({ a: ok, b: hanging }, 20).check();
  expect(report.parts['b']).toEqual({ status: 'down', detail: 'No answer within 20 ms.' });
});

test('callers at the same moment share one check', async () => {
  let checks = 0;
  const health = createHealth({
    a: {
      check: async () => {
        checks += 1;
        return { status: 'ok' };
      },
    },
  });
  await Promise.all([health.check(), health.check(), health.check()]);
  expect(checks).toBe(1);
  await health.check();
  expect(checks).toBe(2);
});
