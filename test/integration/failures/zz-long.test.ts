import { expect, test } from '@jest/globals';
import { createTestSource } from '../../support/databases.js';
import { startTestDeployment } from '../../support/quaestor-process.js';
import { sharedServers } from '../../support/shared-servers.js';
import { SHOP_SQL } from '../../support/shop.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { waitUntil } from '../../support/wait-until.js';

test('long', async () => {
  const source = await createTestSource(SHOP_SQL);
  const engine = await startTcpProxy({ target: sharedServers().temporalAddress });
  const quaestor = await startTestDeployment({ TEMPORAL_ADDRESS: engine.url, LOG_LEVEL: 'debug' });
  try {
    const id = await quaestor.connect(source.url);
    await engine.cut();
    const since = Date.now();
    await waitUntil('100 s', () => Date.now() - since > 100_000, 130_000);
    await engine.restore();
    const back = Date.now();
    const answer = await waitUntil('answers', async () => await quaestor.ask(id, 'How many orders are there?'), 60_000);
    console.log('LONG answered after', Date.now() - back, answer.status);
    const b2 = Date.now();
    const a2 = await quaestor.ask(id, 'How many customers are there?');
    console.log('LONG second', Date.now() - b2, a2.status);
    console.log(quaestor.logs().split('\n').filter((l) => !l.includes('"level":20')).slice(-40).join('\n').slice(-6000));
    expect(answer.status).toBe('answered');
  } finally {
    await quaestor.stop();
    await engine.close();
    await source.drop();
  }
}, 300_000);
