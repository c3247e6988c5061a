import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Question } from '../../contracts/question.js';
import { createTestSource, type TestSource } from '../support/databases.js';
import { watchJob } from '../support/job-watch.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { COUNT_BY_STATUS, LONG_QUERY, SHOP_SQL, sqlReply } from '../support/shop.js';

let model: ModelServer;
let source: TestSource;
let quaestor: TestQuaestor;
let dataSourceId: string;
let asked: Question;

beforeAll(async () => {
  model = await startModelServer({ reply: () => sqlReply(COUNT_BY_STATUS) });
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl });
  dataSourceId = await quaestor.connect(source.url);
  asked = await quaestor.ask(dataSourceId, 'How many orders by status?');
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
});

beforeEach(() => model.reset());

async function run(sql: string, questionId = asked.id): Promise<Question> {
  const { id, jobId } = await quaestor.client.runSql(questionId, sql);
  await watchJob(quaestor.client, jobId).done;
  return await quaestor.client.readQuestion(id);
}

const EDITED = "SELECT count(*) AS orders FROM orders WHERE status = 'paid'";

test('edited SQL is another version of the answer, with its author; the first one stays and no model is asked', async () => {
  const edited = await run(EDITED);
  expect(edited).toMatchObject({
    status: 'answered',
    text: asked.text,
    conversationId: asked.id,
    run: { questionId: asked.id, kind: 'edit', authorId: quaestor.tenant.userId },
    answer: { sql: EDITED, model: { provider: 'person', name: 'Tester' }, rowCount: 1, repairs: 0 },
  });
  expect(edited.answer?.tables.map((table) => table.canonicalTableName)).toEqual(['public.orders']);
  expect((await quaestor.client.readRows(edited.id)).rows).toEqual([['200']]);
  expect(model.stats.byEndpoint.chat).toBe(0);
  // A run of a run is a run of the same question.
  const again = await run('SELECT count(*) AS customers FROM customers', edited.id);
  const list = (await (await quaestor.fetch(`/v1/questions/${asked.id}/runs`)).json()) as {
    runs: Question[];
  };
  expect(list.runs.map(({ id }) => id)).toEqual(expect.arrayContaining([edited.id, again.id]));
  expect((await quaestor.client.readQuestion(asked.id)).answer?.sql).toBe(COUNT_BY_STATUS);
});

test('whoever asks the question gets the model’s answer, not somebody’s edit', async () => {
  await run(EDITED);
  const again = await quaestor.ask(dataSourceId, asked.text);
  expect(again).toMatchObject({ cachedFrom: asked.id, answer: { sql: COUNT_BY_STATUS } });
});

test.each([
  ['DELETE FROM orders', 'sql_not_read_only'],
  ['SELECT count(*) FROM ordres', 'sql_unknown_table'],
  ["SELECT pg_read_file('/etc/passwd')", 'sql_unknown_function'],
  ['SELEC 1', 'sql_syntax_error'],
  ['SELECT 1 / (count(*) - count(*)) FROM orders', 'query_failed'],
])('a person’s SQL goes through the same guard, and the refusal is its own: %s', async (sql, code) => {
  expect(await run(sql)).toMatchObject({ status: 'refused', answer: null, error: { code } });
  expect(model.stats.byEndpoint.chat).toBe(0);
});

test('a long run can be cancelled', async () => {
  const { id, jobId } = await quaestor.client.runSql(asked.id, LONG_QUERY);
  const watch = watchJob(quaestor.client, jobId);
  await watch.until('query.started');
  await quaestor.client.cancelJob(jobId);
  await watch.done;
  expect((await quaestor.client.readQuestion(id)).status).toBe('cancelled');
}, 60_000);
