import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { v7 as uuidv7 } from 'uuid';
import { errorRecord } from '../../contracts/quaestor-error.js';
import { type AnswerQuestionInput, WORKFLOWS, workflowIds } from '../../contracts/workflows.js';
import { insertJob, markJobFinished } from '../../db/statements/jobs.js';
import { insertQuestion } from '../../db/statements/questions.js';
import { createTestSource, type TestSource } from '../support/databases.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { sharedServers } from '../support/shared-servers.js';
import { COUNT_BY_STATUS, LONG_QUERY, SHOP_SQL, sqlReply } from '../support/shop.js';

/** A view that fails as Postgres does when it cannot write its temporary files. */
const FULL_DISK = `
  CREATE FUNCTION fill_disk() RETURNS int LANGUAGE plpgsql STABLE AS
    $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$;
  CREATE VIEW full_disk AS SELECT fill_disk() AS orders FROM orders;`;

let model: ModelServer;
let source: TestSource;
let quaestor: TestQuaestor;
let dataSourceId: string;
let asked = 0;

beforeAll(async () => {
  model = await startModelServer();
  source = await createTestSource(`${SHOP_SQL}${FULL_DISK}`);
  quaestor = await startTestQuaestor({
    OPENAI_BASE_URL: model.baseUrl,
    QUAESTOR_STATEMENT_TIMEOUT_MS: '2000',
  });
  dataSourceId = await quaestor.connect(source.url);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
});

beforeEach(() => model.reset());

/** No two questions of this file share an answer in the cache. */
const unique = (question: string): string => `${question} (${++asked})`;
const replies = (...texts: string[]) =>
  model.script('chat', ...texts.map((text) => ({ kind: 'text' as const, text })));

test('an answer shows its SQL, its tables with reasons, its model, its timings and its rows', async () => {
  replies(sqlReply(COUNT_BY_STATUS));
  const question = await quaestor.ask(dataSourceId, unique('How many orders are there by status?'));
  expect(question.status).toBe('answered');
  expect(question.answer).toMatchObject({
    sql: COUNT_BY_STATUS,
    columns: [
      { name: 'status', type: 'text' },
      { name: 'orders', type: 'int8' },
    ],
    rowCount: 3,
    truncated: false,
    repairs: 0,
    model: { provider: 'openai-compatible' },
  });
  expect(question.answer?.tables.map((table) => table.canonicalTableName)).toContain('public.orders');
  expect(question.answer?.tables.every((table) => table.reasons.length > 0)).toBe(true);
  expect(question.answer?.timings.map((timing) => timing.step)).toEqual(
    expect.arrayContaining(['context', 'model', 'guard', 'explain', 'query']),
  );
  expect((await quaestor.client.readRows(question.id)).rows).toEqual([
    ['open', '200'],
    ['paid', '200'],
    ['sent', '200'],
  ]);
});

test('the events of an answer tell each step once, in order, without gaps', async () => {
  replies(sqlReply(COUNT_BY_STATUS));
  const reply = await quaestor.client.askQuestion({ dataSourceId, question: unique('Orders by status?') });
  if (reply.answered) throw new Error('must not be cached');
  const events = await collectEvents(quaestor.client, reply.jobId);
  expect(events.map((event) => event.kind)).toEqual([
    'job.queued',
    'job.started',
    'context.chosen',
    'sql.generated',
    'sql.accepted',
    'query.started',
    'query.completed',
    'answer.recorded',
    'job.succeeded',
  ]);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
});

test('SQL that the guard refuses is mended once by the model, who is told the valid names', async () => {
  replies(sqlReply('SELECT count(*) FROM public.ordres'), sqlReply(COUNT_BY_STATUS));
  const question = await quaestor.ask(dataSourceId, unique('How many orders by status?'));
  expect(question.status).toBe('answered');
  expect(question.answer?.repairs).toBe(1);
  const repair = model.requests.filter((request) => request.endpoint === 'chat')[1];
  const prompt = JSON.stringify(repair?.body);
  expect(prompt).toContain('ordres');
  expect(prompt).toContain('public.orders');
});

test('SQL that the database refuses is mended once by the model, who is told the database’s words', async () => {
  replies(sqlReply('SELECT 1 / (count(*) - count(*)) FROM orders'), sqlReply(COUNT_BY_STATUS));
  const question = await quaestor.ask(dataSourceId, unique('How many orders by status?'));
  expect(question.status).toBe('answered');
  expect(question.answer?.repairs).toBe(1);
  expect(JSON.stringify(model.requests.at(-1)?.body)).toContain('division by zero');
});

test('SQL that is refused twice is mended once more', async () => {
  replies(
    sqlReply('SELECT count(*) FROM public.ordres'),
    sqlReply('SELECT count(*) / 0 FROM orders'),
    sqlReply(COUNT_BY_STATUS),
  );
  const question = await quaestor.ask(dataSourceId, unique('How many orders by status?'));
  expect(question).toMatchObject({ status: 'answered', answer: { repairs: 2 } });
  expect(model.stats.byEndpoint.chat).toBe(3);
});

test('a model that answers nonsense three times ends the question with model_answer_unusable', async () => {
  replies('I like trains.', 'I really do.', 'Choo.');
  const question = await quaestor.ask(dataSourceId, unique('How many orders by status?'));
  expect(question).toMatchObject({
    status: 'refused',
    answer: null,
    error: { code: 'model_answer_unusable' },
  });
  expect(question.error?.wayOut).not.toBe('');
  expect(model.stats.byEndpoint.chat).toBe(3);
});

test('trouble of the database server fails the job in the server’s words, and the model is not asked to mend it', async () => {
  replies(sqlReply('SELECT * FROM full_disk'));
  const question = await quaestor.ask(dataSourceId, unique('How full is the disk of the orders?'));
  expect(question).toMatchObject({ status: 'failed', error: { code: 'query_failed' } });
  expect(question.error?.message).toContain('no space left');
  expect(model.stats.byEndpoint.chat).toBe(1);
});

test('a model that would write is refused three times and nothing is written', async () => {
  const evil = sqlReply('WITH gone AS (DELETE FROM orders RETURNING *) SELECT count(*) FROM gone');
  replies(evil, evil, evil);
  const question = await quaestor.ask(dataSourceId, unique('How many orders by status?'));
  expect(question).toMatchObject({ status: 'refused', error: { code: 'model_answer_unusable' } });
  expect(question.error?.details).toMatchObject({ reason: { code: 'sql_not_read_only' } });
  replies(sqlReply('SELECT count(*) AS orders FROM orders'));
  const after = await quaestor.ask(dataSourceId, unique('How many orders?'));
  expect((await quaestor.client.readRows(after.id)).rows).toEqual([['600']]);
});

test('a model that says the schema cannot answer is believed at once', async () => {
  replies('CANNOT_ANSWER: there is no table of employees');
  const question = await quaestor.ask(dataSourceId, unique('Which employee has the most orders?'));
  expect(question).toMatchObject({ status: 'refused', error: { code: 'schema_cannot_answer' } });
  expect(model.stats.byEndpoint.chat).toBe(1);
});

test('a question without any word of the schema is no_relevant_table or refused by the model, never an invention', async () => {
  model.always('chat', { kind: 'text', text: 'CANNOT_ANSWER: nothing like this here' });
  const question = await quaestor.ask(dataSourceId, unique('Quokka zebra xylophone?'));
  expect(question.status).toBe('refused');
  expect(['no_relevant_table', 'schema_cannot_answer']).toContain(question.error?.code);
});

test('a costly query moves to the queue of the data sources and is stopped by the server at the statement timeout', async () => {
  replies(sqlReply(LONG_QUERY));
  const reply = await quaestor.client.askQuestion({
    dataSourceId,
    question: unique('How many pairs of orders?'),
  });
  if (reply.answered) throw new Error('must not be cached');
  await collectEvents(quaestor.client, reply.jobId);
  const question = await quaestor.client.readQuestion(reply.questionId);
  expect(question).toMatchObject({ status: 'failed', error: { code: 'query_timed_out' } });
}, 60_000);

test('a result above 10,000 rows is truncated and says so, and is served in pages to its end', async () => {
  replies(sqlReply('SELECT a.a AS n FROM generate_series(1, 10500) a ORDER BY 1'));
  const question = await quaestor.ask(dataSourceId, unique('List the numbers of orders'));
  expect(question.answer).toMatchObject({ rowCount: 10_000, truncated: true });
  let rows = 0;
  let pages = 0;
  let cursor: string | undefined;
  do {
    const page = await quaestor.client.readRows(question.id, cursor);
    rows += page.rows.length;
    pages += 1;
    cursor = page.nextCursor;
  } while (cursor);
  expect({ rows, pages }).toEqual({ rows: 10_000, pages: 20 });
});

test('a repeated question is answered from the cache without a workflow or a model call', async () => {
  const text = unique('How many orders by status?');
  replies(sqlReply(COUNT_BY_STATUS));
  const first = await quaestor.ask(dataSourceId, text);
  const calls = model.stats.requests;
  const second = await quaestor.ask(dataSourceId, `  ${text.replace(' ', '  ')} `);
  expect(second).toMatchObject({
    status: 'answered',
    cachedFrom: first.id,
    answer: { sql: COUNT_BY_STATUS },
  });
  expect(model.stats.requests).toBe(calls);
  expect((await quaestor.client.readRows(second.id)).rows).toHaveLength(3);
});

test('a model that asks to wait is asked again after the time that it named, and the answer comes', async () => {
  model.script(
    'chat',
    { kind: 'rate-limit', retryAfter: 1 },
    { kind: 'text', text: sqlReply(COUNT_BY_STATUS) },
  );
  const question = await quaestor.ask(dataSourceId, unique('How many orders by status?'));
  expect(question.status).toBe('answered');
  expect(model.stats.byEndpoint.chat).toBe(2);
}, 60_000);

test('a model that refuses the key fails the job with model_rejected_request and the endpoint’s words', async () => {
  model.script('chat', { kind: 'error', status: 401, message: 'Incorrect API key provided' });
  const question = await quaestor.ask(dataSourceId, unique('How many orders by status?'));
  expect(question).toMatchObject({ status: 'failed', error: { code: 'model_rejected_request' } });
  expect(question.error?.message).toContain('Incorrect API key');
});

test('a start that the engine takes late, after the API has given the job up, does no paid work', async () => {
  const { tenant, app } = quaestor;
  const questionId = uuidv7();
  const jobId = workflowIds.answerQuestion(questionId);
  await app.db.withTenant(tenant.tenantId, async (tx) => {
    await insertJob(tx, { id: jobId, kind: 'answer-question', subjectId: questionId });
    await insertQuestion(tx, {
      id: questionId,
      userId: tenant.userId,
      dataSourceId,
      jobId,
      text: 'How many orders?',
    });
    await markJobFinished(tx, jobId, 'failed', errorRecord('engine_unavailable', 'The engine was away.'));
  });
  const connection = await Connection.connect({ address: sharedServers().temporalAddress });
  const client = new Client({ connection, namespace: quaestor.namespace });
  const handle = await client.workflow.start(WORKFLOWS.answerQuestion, {
    workflowId: jobId,
    taskQueue: 'orchestration',
    args: [{ tenantId: tenant.tenantId, jobId, questionId, dataSourceId } satisfies AnswerQuestionInput],
  });
  await expect(handle.result()).rejects.toThrow();
  await connection.close();
  expect(model.stats.requests).toBe(0);
  expect(await quaestor.client.readJob(jobId)).toMatchObject({
    status: 'failed',
    error: { code: 'engine_unavailable' },
  });
});
