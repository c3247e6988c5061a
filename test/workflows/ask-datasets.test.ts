import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client, Connection, ScheduleNotFoundError } from '@temporalio/client';
import { followJob } from '../../cli/follow-job.js';
import type { Dataset } from '../../contracts/dataset.js';
import type { Question } from '../../contracts/question.js';
import { workflowIds } from '../../contracts/workflows.js';
import { askDatasets, runOnDatasets } from '../support/ask-datasets.js';
import { createTestSource, execute, type TestSource } from '../support/databases.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { sharedServers } from '../support/shared-servers.js';
import { COUNT_BY_STATUS, SHOP_SQL, sqlReply } from '../support/shop.js';
import { uploadAndRead } from '../support/upload-file.js';
import { waitUntil } from '../support/wait-until.js';

const SALES =
  'region_id,day,amount\n1,2024-01-05,10.50\n1,2024-02-01,4.50\n2,2024-02-11,20.00\n3,2024-03-01,1.00\n';
const REGIONS = 'region_id,region\n1,North\n2,South\n3,East\n';
const TOTALS =
  'SELECT r.region, sum(s.amount) AS total FROM sales AS s JOIN regions AS r USING (region_id) GROUP BY ALL ORDER BY total DESC';

let reply = '';
let model: ModelServer;
let source: TestSource;
let quaestor: TestQuaestor;
let sales: Dataset;
let regions: Dataset;

beforeAll(async () => {
  model = await startModelServer();
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl });
  sales = await uploadAndRead(quaestor, 'sales.csv', SALES);
  regions = await uploadAndRead(quaestor, 'regions.csv', REGIONS);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
});

beforeEach(() => {
  model.reset();
  model.setReply(() => reply);
});

const prompts = () =>
  model.requests.filter(({ endpoint }) => endpoint === 'chat').map(({ body }) => JSON.stringify(body));

const rowsOf = async ({ id }: Question) => (await quaestor.client.readRows(id)).rows;
const both = () => ({ datasetIds: [sales.id, regions.id] });

test('one question joins several datasets; SQL, rows, chart and words are shown as for a data source', async () => {
  reply = sqlReply(TOTALS);
  const question = await askDatasets(quaestor, both(), 'Total by region?');
  expect(question).toMatchObject({
    status: 'answered',
    dataSourceId: null,
    tables: [
      { name: 'sales', datasetId: sales.id, versionId: sales.version?.id },
      { name: 'regions', datasetId: regions.id },
    ],
    answer: {
      sql: TOTALS,
      columns: [
        { name: 'region', type: 'text' },
        { name: 'total', type: 'numeric' },
      ],
      rowCount: 3,
      chart: { kind: 'bar' },
    },
  });
  expect(question.answer?.explanation).toContain('South');
  expect(await rowsOf(question)).toEqual([
    ['South', '20.00'],
    ['North', '15.00'],
    ['East', '1.00'],
  ]);
  const events = await collectEvents(quaestor.client, question.jobId);
  expect(events.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining([
      'context.chosen',
      'sql.generated',
      'sql.accepted',
      'query.completed',
      'answer.recorded',
    ]),
  );
}, 60_000);

test('rows of a file whose key is empty are counted when a join leaves them out', async () => {
  const visits = await uploadAndRead(quaestor, 'visits.csv', 'visit,region_id\n1,1\n2,\n3,2\n4,\n5,9\n');
  reply = sqlReply(
    'SELECT r.region, count(*) AS n FROM visits AS v JOIN regions AS r USING (region_id) GROUP BY ALL',
  );
  const question = await askDatasets(quaestor, { datasetIds: [visits.id, regions.id] }, 'Visits by region?');
  expect(question.answer?.warnings).toMatchObject([
    { code: 'join_leaves_out', details: { table: 'visits', rows: 5, leftOut: 2 } },
  ]);
}, 60_000);

test('a cut through rows of a file that are alike says how many of them are not shown', async () => {
  const runs = await uploadAndRead(quaestor, 'runs.csv', 'runner,points\nAda,3\nBo,9\nCy,3\nDi,1\nEd,3\n');
  reply = sqlReply('SELECT runner FROM runs ORDER BY points DESC, runner LIMIT 2');
  const question = await askDatasets(quaestor, { datasetIds: [runs.id] }, 'The two best runners?');
  expect(question.answer?.warnings).toMatchObject([
    { code: 'ties_cut_off', details: { tied: 3, hidden: 2 } },
  ]);
}, 60_000);

test('the prompt has the columns of the files, values that the words name, and a join that the values bear out', async () => {
  reply = sqlReply(TOTALS);
  await askDatasets(quaestor, both(), 'Total in the south, by region, in this prompt?');
  const [prompt] = prompts();
  expect(prompt).toContain('DuckDB');
  expect(prompt).toContain('TABLE sales');
  expect(prompt).toContain('numeric(18,2)');
  expect(prompt).toContain("'South'");
  expect(prompt).toContain('sales.region_id = regions.region_id');
  expect(prompt).not.toContain('__row');
}, 60_000);

test('the guard’s reason goes back to the model with names that are there', async () => {
  const replies = [
    sqlReply('SELECT sum(amout) AS total FROM sales'),
    sqlReply('SELECT sum(amount) AS total FROM sales'),
  ];
  model.setReply(() => replies.shift() ?? '');
  const question = await askDatasets(quaestor, { datasetIds: [sales.id] }, 'What is the sum?');
  expect(question).toMatchObject({ status: 'answered', answer: { repairs: 1 } });
  expect(await rowsOf(question)).toEqual([['36.00']]);
  expect(prompts()[1]).toContain('sales.amount');
}, 60_000);

test('the stored rows of a data source’s answer are a table beside a dataset, and are not read again', async () => {
  const dataSourceId = await quaestor.connect(source.url);
  reply = sqlReply(COUNT_BY_STATUS);
  const orders = await quaestor.ask(dataSourceId, 'How many orders by status?');
  expect(orders.status).toBe('answered');
  const labels = await uploadAndRead(quaestor, 'labels.csv', 'status,label\npaid,Paid\nopen,Still open\n');
  const target = { datasetIds: [labels.id], resultOf: [orders.id] };
  await execute(source.url, 'DELETE FROM orders');
  const name = 'result_how_many_orders_by_status';
  reply = sqlReply(`SELECT l.label, r.* FROM labels l JOIN ${name} r USING (status) ORDER BY l.label`);
  const joined = await askDatasets(quaestor, target, 'Orders by label?');
  expect(joined).toMatchObject({
    status: 'answered',
    tables: [{ name: 'labels' }, { name, resultOf: orders.id }],
  });
  const shown = new Map((await rowsOf(orders)).map(([status, count]) => [status, count]));
  expect((await rowsOf(joined)).map((row) => row.slice(0, 3))).toContainEqual([
    'Paid',
    'paid',
    shown.get('paid'),
  ]);
}, 90_000);

test('an answer is given again until the dataset has another version; the SQL also serves another upload of the same file', async () => {
  reply = sqlReply('SELECT count(*) AS rows FROM twins');
  const twin = await uploadAndRead(quaestor, 'twins.csv', 'a\n1\n2\n');
  const first = await askDatasets(quaestor, { datasetIds: [twin.id] }, 'How many rows?');
  expect(await askDatasets(quaestor, { datasetIds: [twin.id] }, 'How many rows?')).toMatchObject({
    cachedFrom: first.id,
    tables: [{ datasetId: twin.id }],
  });
  const again = await uploadAndRead(quaestor, 'twins.csv', 'a\n1\n2\n');
  const other = await askDatasets(quaestor, { datasetIds: [again.id] }, 'How many rows?');
  expect(other).toMatchObject({ cachedFrom: null, status: 'answered' });
  expect(model.stats.byEndpoint.chat).toBe(1);
  const { jobId } = (await (
    await quaestor.fetch(`/v1/datasets/${twin.id}/read`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ headerRows: 0 }),
    })
  ).json()) as { jobId: string };
  await collectEvents(quaestor.client, jobId);
  const renewed = await askDatasets(quaestor, { datasetIds: [twin.id] }, 'How many rows?');
  expect(renewed.cachedFrom).toBeNull();
  expect(await rowsOf(renewed)).toEqual([['3']]);
  expect(model.stats.byEndpoint.chat).toBe(2);
}, 90_000);

test('a question goes on from another one about datasets, and edited SQL runs beside it', async () => {
  reply = sqlReply(TOTALS);
  const first = await askDatasets(quaestor, both(), 'Total of each region?');
  reply = sqlReply(`${TOTALS} LIMIT 1`);
  const second = await askDatasets(quaestor, both(), 'only the best', first.id);
  expect(second.conversationId).toBe(first.id);
  expect(prompts().at(-1)).toContain('Total of each region?');
  const run = await runOnDatasets(
    quaestor,
    first.id,
    'SELECT max(day) AS newest, max(__row) AS record FROM sales',
  );
  expect(run).toMatchObject({ status: 'answered', run: { questionId: first.id, kind: 'edit' } });
  expect(await rowsOf(run)).toEqual([['2024-03-01', '4']]);
}, 90_000);

test.each([
  ["SELECT * FROM read_csv('/etc/passwd')", 'sql_unknown_function'],
  ["SELECT * FROM '/etc/passwd'", 'sql_unknown_table'],
  ["COPY sales TO '/tmp/out.csv'", 'sql_not_read_only'],
  ['SELECT 1; SELECT 2', 'sql_not_single_statement'],
  ['SELEC 1', 'sql_syntax_error'],
  ["SELECT CAST('x' AS INTEGER) FROM sales", 'query_failed'],
  ['SELECT count(*) FROM range(1000000) a, range(1000000) b', 'sql_too_expensive'],
])(
  'a person’s SQL goes through the same guard: %s',
  async (sql, code) => {
    reply = sqlReply('SELECT count(*) AS n FROM sales');
    const question = await askDatasets(quaestor, { datasetIds: [sales.id] }, 'How many sales?');
    expect(await runOnDatasets(quaestor, question.id, sql)).toMatchObject({
      status: 'refused',
      error: { code },
    });
  },
  60_000,
);

test('a long query moves to its queue, and a cancel reaches the process', async () => {
  reply = sqlReply('SELECT count(*) AS n FROM sales');
  const question = await askDatasets(quaestor, { datasetIds: [sales.id] }, 'How many sales?');
  const { id, jobId } = await quaestor.client.runSql(
    question.id,
    'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t',
  );
  for await (const event of followJob({
    client: quaestor.client,
    jobId,
  }))
    if (event.kind === 'query.started') await quaestor.client.cancelJob(jobId);
  expect((await quaestor.client.readQuestion(id)).status).toBe('cancelled');
}, 60_000);

test('what is asked must be there and be read', async () => {
  const post = async (body: unknown) => {
    const response = await quaestor.fetch('/v1/questions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, ...((await response.json()) as { code?: string }) };
  };
  const none = '018f0000-0000-7000-8000-000000000000';
  expect(await post({ question: 'What?' })).toMatchObject({ status: 400, code: 'invalid_request' });
  expect(await post({ question: 'What?', datasetIds: [none] })).toMatchObject({
    status: 404,
    code: 'not_found',
  });
  expect(await post({ question: 'What?', resultOf: [none] })).toMatchObject({
    status: 404,
    code: 'not_found',
  });
  expect(await post({ question: 'What?', datasetIds: [sales.id], dataSourceId: none })).toMatchObject({
    code: 'invalid_request',
  });
  const empty = await uploadAndRead(quaestor, 'empty.csv', '');
  expect(await post({ question: 'What?', datasetIds: [empty.id] })).toMatchObject({
    status: 409,
    code: 'dataset_not_ready',
  });
}, 60_000);

test('what came out of a dataset goes with it', async () => {
  reply = sqlReply('SELECT count(*) AS n FROM gone');
  const gone = await uploadAndRead(quaestor, 'gone.csv', 'a\n1\n');
  const question = await askDatasets(quaestor, { datasetIds: [gone.id] }, 'How many?');
  expect((await quaestor.fetch(`/v1/datasets/${gone.id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await quaestor.fetch(`/v1/questions/${question.id}`)).status).toBe(404);
}, 60_000);

test('a question about datasets asked by schedule reads the versions that are on at each run', async () => {
  reply = sqlReply('SELECT count(*) AS n FROM sales');
  const mine = await uploadAndRead(
    quaestor,
    'sales.csv',
    'region_id,day,amount\n1,2024-01-05,1\n1,2024-01-06,\n',
  );
  const question = await askDatasets(quaestor, { datasetIds: [mine.id] }, 'How many sales by schedule?');
  expect(await rowsOf(question)).toEqual([['2']]);
  const schedule = await quaestor.client.putQuestionSchedule(question.id, { everyMinutes: 60 });
  expect(schedule).toMatchObject({ dataSourceId: null, everyMinutes: 60 });
  const connection = await Connection.connect({ address: sharedServers().temporalAddress });
  try {
    const client = new Client({ connection, namespace: quaestor.namespace });
    await client.schedule.getHandle(workflowIds.questionSchedule(question.id)).trigger();
    const run = await waitUntil('the run has ended', async () => {
      const newest = (await quaestor.client.listRuns(question.id)).at(-1);
      return newest?.finishedAt != null && newest;
    });
    expect(run).toMatchObject({
      status: 'answered',
      dataSourceId: null,
      run: { kind: 'schedule' },
      tables: [{ name: 'sales', datasetId: mine.id, versionId: mine.version?.id }],
    });
    expect(await rowsOf(run)).toEqual([['2']]);
  } finally {
    await connection.close();
  }
}, 60_000);

test('deleting a dataset ends the schedules of the questions about it and of what came out of them, and no other', async () => {
  reply = sqlReply('SELECT count(*) AS n FROM going');
  const going = await uploadAndRead(quaestor, 'going.csv', 'a\n1\n2\n');
  const first = await askDatasets(quaestor, { datasetIds: [going.id] }, 'How many are going?');
  const edited = await runOnDatasets(quaestor, first.id, 'SELECT count(*) + 1 AS n FROM going');
  const followUp = await askDatasets(quaestor, { datasetIds: [going.id] }, 'And how many now?', first.id);
  reply = sqlReply('SELECT n FROM result_how_many_are_going');
  const ofRows = await askDatasets(quaestor, { resultOf: [first.id] }, 'What is the n?');
  reply = sqlReply('SELECT count(*) AS n FROM regions');
  const other = await askDatasets(quaestor, { datasetIds: [regions.id] }, 'How many regions stay?');
  const hanging = [first, edited, followUp, ofRows];
  for (const { id } of [...hanging, other])
    await quaestor.client.putQuestionSchedule(id, { everyMinutes: 60 });
  expect((await quaestor.fetch(`/v1/datasets/${going.id}`, { method: 'DELETE' })).status).toBe(204);
  const connection = await Connection.connect({ address: sharedServers().temporalAddress });
  try {
    const client = new Client({ connection, namespace: quaestor.namespace });
    const describe = ({ id }: Question) =>
      client.schedule.getHandle(workflowIds.questionSchedule(id)).describe();
    for (const question of hanging) {
      await expect(describe(question)).rejects.toThrow(ScheduleNotFoundError);
      expect((await quaestor.fetch(`/v1/questions/${question.id}`)).status).toBe(404);
    }
    expect((await describe(other)).scheduleId).toBe(workflowIds.questionSchedule(other.id));
    await quaestor.client.deleteQuestionSchedule(other.id);
  } finally {
    await connection.close();
  }
}, 60_000);

test.each(['csv', 'xlsx', 'parquet'])(
  'the answer of datasets is given as a file: %s',
  async (format) => {
    reply = sqlReply(TOTALS);
    const question = await askDatasets(quaestor, both(), 'Total by region, as a file?');
    const response = await quaestor.fetch(`/v1/questions/${question.id}/exports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ format }),
    });
    expect(response.status).toBe(202);
    const { id, jobId } = (await response.json()) as { id: string; jobId: string };
    const events = await collectEvents(quaestor.client, jobId);
    expect(events.at(-1)?.kind).toBe('job.succeeded');
    const file = await quaestor.fetch(`/v1/exports/${id}/file`);
    expect(file.status).toBe(200);
    const bytes = Buffer.from(await file.arrayBuffer());
    if (format === 'csv')
      expect(bytes.toString('utf8')).toBe('region,total\r\nSouth,20.00\r\nNorth,15.00\r\nEast,1.00\r\n');
    else expect(bytes.subarray(0, 3).toString('latin1')).toBe(format === 'xlsx' ? 'PK\u0003' : 'PAR');
  },
  60_000,
);
