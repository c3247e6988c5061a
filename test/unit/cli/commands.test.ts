import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type CannedApi, events, json, problem, startCannedApi } from './support/canned-api.js';
import { answered, job, refused, rows, source } from './support/fixtures.js';
import { runMain } from './support/run-main.js';

let api: CannedApi;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  api = await startCannedApi();
  env = { QUAESTOR_API_URL: api.url, QUAESTOR_API_KEY: 'qsk_1' };
  api.on('GET /v1/data-sources', json({ dataSources: [source] }));
});
afterEach(async () => {
  await api.close();
});

const cannedAnswer = (question = answered) => {
  api.on('POST /v1/questions', json({ id: 'q1', jobId: 'answer-q1', status: 'queued', links: {} }, 202));
  api.on(
    'GET /v1/jobs/answer-q1/events',
    events(
      [
        { seq: 1, kind: 'job.started' },
        { seq: 2, kind: 'sql.accepted', data: { sql: 'x', durationMs: 1 } },
      ],
      'break',
    ),
    events([{ seq: 3, kind: 'job.succeeded' }]),
  );
  api.on('GET /v1/questions/q1', json(question));
  api.on('GET /v1/questions/q1/rows', json({ columns: [], rows: rows.slice(0, 2), nextCursor: 'c1' }));
  api.on('GET /v1/questions/q1/rows?cursor=c1', json({ columns: [], rows: rows.slice(2) }));
};

describe('quaestor ask', () => {
  test('prints tables with reasons, SQL, rows, the model’s label and the time', async () => {
    cannedAnswer();
    const { exitCode, stdout } = await runMain(['ask', 'revenue', 'by', 'region'], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1. public.orders  "revenue" matches orders.total');
    expect(stdout.indexOf('public.orders')).toBeLessThan(stdout.indexOf('public.regions'));
    expect(stdout).toContain('JOIN regions r ON r.id = o.region_id');
    expect(stdout).toContain('3 rows');
    expect(stdout).toContain('built-in model');
    expect(stdout).toContain('The sum of orders.total for each region.');
    expect(stdout).toContain('45 ms: context 12 ms, model 3 ms, query 30 ms');
    expect(stdout).not.toContain('\u001b');
    const asked = api.seen.find((request) => request.method === 'POST');
    expect(asked?.body).toEqual({ dataSourceId: source.id, question: 'revenue by region' });
  });

  test('asks datasets by name, and the rows of an answer, instead of a data source', async () => {
    cannedAnswer();
    const datasets = ['sales.csv', 'regions.csv'].map((name) => ({ id: `id of ${name}`, name }));
    api.on('GET /v1/datasets', json({ datasets }));
    const args = ['ask', 'by region', '-d', 'sales', '--dataset', 'regions.csv', '--result-of', 'q0'];
    expect((await runMain(args, { env })).exitCode).toBe(0);
    expect(api.seen.find((request) => request.method === 'POST')?.body).toEqual({
      datasetIds: ['id of sales.csv', 'id of regions.csv'],
      resultOf: ['q0'],
      question: 'by region',
    });
    expect((await runMain(['ask', 'x', '-d', 'none'], { env })).exitCode).toBe(2);
  });

  test('with --json, standard output is one JSON document with all rows, though the stream broke', async () => {
    cannedAnswer();
    const { exitCode, stdout, stderr } = await runMain(['ask', 'revenue by region', '--json'], { env });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ question: answered, rows });
    expect(stderr).toContain('SQL accepted by the guard');
  });

  test('--rows cuts the table and says how many more there are', async () => {
    cannedAnswer();
    const { stdout } = await runMain(['ask', 'revenue', '--rows', '1'], { env });
    expect(stdout).toContain('North');
    expect(stdout).not.toContain('South');
    expect(stdout).toContain('… 2 more rows');
  });

  test('a truncated result is said to be one', async () => {
    cannedAnswer({ ...answered, answer: { ...answered.answer!, truncated: true, rowCount: 10_000 } });
    const { stdout } = await runMain(['ask', 'revenue'], { env });
    expect(stdout).toContain('10,000 rows (truncated');
    expect(stdout).toContain('… 9,997 more rows');
  });

  test('a refused question exits with 3 and says what to do', async () => {
    cannedAnswer(refused);
    const { exitCode, stdout } = await runMain(['ask', 'frobnicate'], { env });
    expect(exitCode).toBe(3);
    expect(stdout).toContain('question_not_understood');
    expect(stdout).toContain('→ Put it more simply.');
  });

  test('a question that the API refuses outright exits with 3 too', async () => {
    api.on(
      'POST /v1/questions',
      problem({ title: 'The question is empty', status: 400, code: 'question_empty', wayOut: 'Write it.' }),
    );
    const { exitCode, stderr } = await runMain(['ask', ''], { env });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('The question is empty');
  });

  test('a failed answer exits with 1', async () => {
    cannedAnswer({ ...refused, status: 'failed' });
    expect((await runMain(['ask', 'x'], { env })).exitCode).toBe(1);
  });

  test('with several sources and none chosen it lists them and exits with 2', async () => {
    api.on(
      'GET /v1/data-sources',
      json({ dataSources: [source, { ...source, id: 'other', name: 'stock' }] }),
    );
    const { exitCode, stderr } = await runMain(['ask', 'x'], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('shop, stock');
  });

  test('--wait 0 starts the question and names its job', async () => {
    cannedAnswer();
    const { exitCode, stdout } = await runMain(['ask', 'x', '--wait', '0', '--json'], { env });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ questionId: 'q1', jobId: 'answer-q1' });
  });

  test('when --wait ends first it exits with 5 and says how to go on', async () => {
    cannedAnswer();
    api.on('GET /v1/jobs/answer-q1/events', events([{ seq: 1, kind: 'job.started' }], 'stay'));
    const { exitCode, stderr } = await runMain(['ask', 'x', '--wait', '1'], { env });
    expect(exitCode).toBe(5);
    expect(stderr).toContain('quaestor jobs watch answer-q1');
  });

  test('on a terminal progress is one line that is taken away again', async () => {
    cannedAnswer();
    const { stderr } = await runMain(['ask', 'x'], { env, isTty: true });
    expect(stderr).toContain('SQL accepted by the guard');
    const left = stderr.split('\n').at(-1) ?? '';
    expect(left.split('\u001b[2K').at(-1)).toBe('');
  });

  test('NO_COLOR is honoured on a terminal', async () => {
    cannedAnswer();
    expect((await runMain(['ask', 'x'], { env, isTty: true })).stdout).toContain('\u001b[1m');
    cannedAnswer();
    expect(
      (await runMain(['ask', 'x'], { env: { ...env, NO_COLOR: '1' }, isTty: true })).stdout,
    ).not.toContain('\u001b');
  });
});

describe('quaestor sources', () => {
  const indexing = () => {
    api.on('POST /v1/data-sources', json(source, 201));
    api.on(`POST /v1/data-sources/${source.id}/index`, json({ jobId: 'index-1', links: {} }, 202));
    api.on(
      'GET /v1/jobs/index-1/events',
      events([
        {
          seq: 1,
          kind: 'job.progressed',
          data: { phase: 'embed', done: 50, total: 200, unit: 'columns', etaMs: 3_000 },
        },
        { seq: 2, kind: 'a.kind.of.tomorrow' },
        { seq: 3, kind: 'job.succeeded' },
      ]),
    );
    api.on(
      'GET /v1/jobs/index-1',
      json({ ...job, id: 'index-1', kind: 'index-source', subjectId: source.id }),
    );
  };

  test('add takes the connection string from standard input, indexes, and never prints it', async () => {
    indexing();
    const secret = 'postgres://reader:hush-hush@127.0.0.1:5432/shop';
    const { exitCode, stdout, stderr } = await runMain(
      ['sources', 'add', 'shop', '-', '--schema', 'public', 'sales'],
      {
        env,
        stdin: `${secret}\n`,
      },
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain('shop is indexed: 25 tables, 210 columns');
    expect(stderr).toContain('embed: 25 % of 200 columns');
    expect(stdout + stderr).not.toContain('hush-hush');
    expect(api.seen.find((request) => request.path === '/v1/data-sources')?.body).toEqual({
      name: 'shop',
      connectionString: secret,
      includeSchemas: ['public', 'sales'],
    });
  });

  test('add takes it from QUAESTOR_SOURCE_URL when none is given, and --no-index only adds', async () => {
    indexing();
    const { exitCode } = await runMain(['sources', 'add', 'shop', '--no-index'], {
      env: { ...env, QUAESTOR_SOURCE_URL: 'postgres://from-env/shop' },
    });
    expect(exitCode).toBe(0);
    expect(
      api.seen.map((request) => [
        request.method,
        (request.body as { connectionString?: string })?.connectionString,
      ]),
    ).toEqual([['POST', 'postgres://from-env/shop']]);
  });

  test('add without any connection string is wrong usage', async () => {
    const { exitCode, stderr } = await runMain(['sources', 'add', 'shop'], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('QUAESTOR_SOURCE_URL');
    expect(api.seen).toHaveLength(0);
  });

  test('on a terminal the progress bar shows the share and the time left', async () => {
    indexing();
    const { stderr } = await runMain(['sources', 'index', 'shop'], {
      env: { ...env, NO_COLOR: '1' },
      isTty: true,
    });
    expect(stderr).toContain('embed ██████░░░░░░░░░░░░░░░░░░ 50 of 200 columns · 3.0 s left');
  });

  test('list prints every data source', async () => {
    const { exitCode, stdout } = await runMain(['sources', 'list'], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('reader@127.0.0.1:5432/shop');
  });

  test('remove asks the API to delete it', async () => {
    api.on(`DELETE /v1/data-sources/${source.id}`, (_, response) => {
      response.writeHead(204).end();
    });
    expect((await runMain(['sources', 'remove', 'shop', '--json'], { env })).stdout).toContain(source.id);
  });
});

describe('quaestor jobs', () => {
  test('watch of a question’s job ends with the answer', async () => {
    cannedAnswer();
    api.on('GET /v1/jobs/answer-q1', json(job));
    const { exitCode, stdout } = await runMain(['jobs', 'watch', 'answer-q1'], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1200.50');
  });

  test('a failed job exits with 1 and names the error and the way out', async () => {
    const error = { code: 'data_source_auth_failed', message: 'Wrong password.', wayOut: 'Correct it.' };
    api.on('GET /v1/jobs/j', json({ ...job, id: 'j', kind: 'index-source', status: 'failed', error }));
    api.on('GET /v1/jobs/j/events', events([{ seq: 1, kind: 'job.failed', data: { error } }]));
    const { exitCode, stdout } = await runMain(['jobs', 'watch', 'j'], { env });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('data_source_auth_failed');
    expect(stdout).toContain('→ Correct it.');
  });

  test('cancel and list speak JSON', async () => {
    api.on('DELETE /v1/jobs/j', json({}, 202));
    api.on('GET /v1/jobs', json({ jobs: [job] }));
    expect(JSON.parse((await runMain(['jobs', 'cancel', 'j', '--json'], { env })).stdout)).toMatchObject({
      jobId: 'j',
    });
    expect(JSON.parse((await runMain(['--json', 'jobs', 'list'], { env })).stdout)).toEqual({ jobs: [job] });
  });

  test('a problem is printed with title, detail, request and way out; with --json as the document', async () => {
    const document = {
      title: 'No valid API key',
      status: 401,
      detail: 'The key has expired.',
      code: 'unauthorized',
      wayOut: 'Send another.',
      requestId: 'r-1',
    };
    api.on('GET /v1/jobs', problem(document));
    const plain = await runMain(['jobs', 'list'], { env });
    expect(plain).toMatchObject({ exitCode: 1, stdout: '' });
    for (const text of ['No valid API key', 'The key has expired.', 'request r-1', '→ Send another.']) {
      expect(plain.stderr).toContain(text);
    }
    expect(JSON.parse((await runMain(['jobs', 'list', '--json'], { env })).stdout)).toEqual({
      problem: document,
    });
  });
});

describe('wrong usage exits with 2', () => {
  test.each([
    [['frobnicate']],
    [['ask']],
    [['ask', 'x', '--rows', 'many']],
    [['jobs']],
    [['jobs', 'list', '--api', 'ftp://x']],
  ])('%j', async (args) => {
    const { exitCode, stdout } = await runMain(args, { env });
    expect([exitCode, stdout]).toEqual([2, '']);
  });
});
