import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { createTestSource, queryRows, type TestSource } from '../../support/databases.js';
import { type ModelServer, startModelServer } from '../../support/model-server.js';
import { MYSQL_SHOP_SQL } from '../../support/mysql-shop.js';
import { createMysqlSource, describeOnMariadb, type MysqlSource } from '../../support/mysql-sources.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../../support/quaestor.js';
import { COUNT_BY_STATUS, LONG_QUERY, SHOP_SQL, sqlReply } from '../../support/shop.js';
import { waitUntil } from '../../support/wait-until.js';

let model: ModelServer | undefined;
let quaestor: TestQuaestor | undefined;

async function start(env: Record<string, string>): Promise<{ model: ModelServer; quaestor: TestQuaestor }> {
  model = await startModelServer();
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl, ...env });
  return { model, quaestor };
}

afterEach(async () => {
  await quaestor?.stop();
  await model?.close();
  quaestor = model = undefined;
}, 60_000);

async function ask({ client }: TestQuaestor, dataSourceId: string, question: string) {
  const reply = await client.askQuestion({ dataSourceId, question });
  if (reply.answered) throw new Error('must not be cached');
  const kinds = (await collectEvents(client, reply.jobId)).map(({ kind }) => kind);
  return { kinds, question: await client.readQuestion(reply.questionId) };
}

/** Asks for what takes hours, with a limit of two seconds, and for something short after it. */
async function expectEndAtTheLimit(target: {
  url: string;
  includeSchemas: string[];
  endless: string;
  running: () => Promise<number>;
}): Promise<void> {
  const started = await start({ QUAESTOR_STATEMENT_TIMEOUT_MS: '2000' });
  const dataSourceId = await started.quaestor.connect(target.url, target.includeSchemas);
  started.model.script('chat', { kind: 'text', text: sqlReply(target.endless) });
  const { kinds, question } = await ask(started.quaestor, dataSourceId, 'How many pairs are there?');
  expect(kinds).toEqual(expect.arrayContaining(['query.started']));
  expect(kinds.at(-1)).toBe('job.failed');
  expect(question).toMatchObject({ status: 'failed', error: { code: 'query_timed_out' } });
  await waitUntil('the server runs it no more', async () => (await target.running()) === 0, 5_000);
  // The SQL was not at fault, so the model is not asked to mend it.
  expect(started.model.stats.byEndpoint.chat).toBe(1);
  started.model.script('chat', { kind: 'text', text: sqlReply(COUNT_BY_STATUS) });
  const after = await ask(started.quaestor, dataSourceId, 'How many orders are there of each status?');
  expect(after.question).toMatchObject({ status: 'answered', answer: { rowCount: 3 } });
}

describe('a statement that runs into its time limit ends the question as query_timed_out, is gone from the server, and is not the model’s fault', () => {
  let source: TestSource | undefined;
  afterAll(async () => source?.drop());

  test('Postgres', async () => {
    const shop = await createTestSource(SHOP_SQL);
    source = shop;
    await expectEndAtTheLimit({
      url: shop.url,
      includeSchemas: [],
      endless: LONG_QUERY,
      running: async () =>
        (
          await queryRows(
            shop.url,
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
             AND application_name = 'quaestor' AND query LIKE '%generate_series%'`,
          )
        ).length,
    });
  }, 120_000);
});

describeOnMariadb('the same', () => {
  let source: MysqlSource | undefined;
  afterAll(async () => source?.drop());

  test('MariaDB', async () => {
    const shop = await createMysqlSource(MYSQL_SHOP_SQL);
    source = shop;
    await expectEndAtTheLimit({
      url: shop.url,
      includeSchemas: [shop.schema],
      endless:
        'SELECT count(*) FROM orders a CROSS JOIN orders b CROSS JOIN orders c CROSS JOIN orders d WHERE a.id + b.id + c.id + d.id < 0',
      running: async () =>
        (
          await shop.rows(
            `SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'SELECT count(*) FROM orders a%'`,
          )
        ).length,
    });
  }, 120_000);
});

describe('a model that never answers', () => {
  let source: TestSource | undefined;
  afterAll(async () => source?.drop());

  /** One attempt waits for the model for ten seconds less than its own time, the next one follows soon. */
  const inAttemptsOf = (ms: number) => ({
    QUAESTOR_QUEUE_GENERATION_START_TO_CLOSE_MS: String(10_000 + ms),
    QUAESTOR_QUEUE_GENERATION_INITIAL_INTERVAL_MS: '100',
    QUAESTOR_QUEUE_GENERATION_MAXIMUM_INTERVAL_MS: '100',
  });

  test.each([
    ['all attempts are made', { ...inAttemptsOf(1_000), QUAESTOR_QUEUE_GENERATION_MAXIMUM_ATTEMPTS: '3' }, 3],
    // The second attempt would outlast it, as the fourth of 50 s does with the three minutes of the defaults.
    [
      'their time is over',
      { ...inAttemptsOf(3_000), QUAESTOR_QUEUE_GENERATION_SCHEDULE_TO_CLOSE_MS: '5000' },
      2,
    ],
  ])(
    'is asked again until %s; the question then ends as model_timed_out, no call is left, and the next one is answered',
    async (_limit, settings, calls) => {
      source ??= await createTestSource(SHOP_SQL);
      const started = await start(settings);
      const dataSourceId = await started.quaestor.connect(source.url);
      started.model.always('chat', { kind: 'hang' });
      const { kinds, question } = await ask(started.quaestor, dataSourceId, 'How many orders are there?');
      expect(kinds.at(-1)).toBe('job.failed');
      expect(kinds).not.toContain('sql.generated');
      expect(question).toMatchObject({
        status: 'failed',
        answer: null,
        error: {
          code: 'model_timed_out',
          message: expect.stringMatching(/^The model did not answer within \d+ ms\.$/),
        },
      });
      expect(started.model.stats.byEndpoint.chat).toBe(calls);
      await started.model.waitUntil(({ inFlight }) => inFlight === 0);
      started.model.reset();
      started.model.setReply(() => sqlReply(COUNT_BY_STATUS));
      const after = await ask(started.quaestor, dataSourceId, 'How many orders are there of each status?');
      expect(after.question).toMatchObject({ status: 'answered' });
    },
    120_000,
  );
});
