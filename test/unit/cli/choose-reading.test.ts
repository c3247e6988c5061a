import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Question } from '../../../contracts/question.js';
import { type CannedApi, events, json, problem, startCannedApi } from './support/canned-api.js';
import { answered, job, rows, source } from './support/fixtures.js';
import { runMain } from './support/run-main.js';

let api: CannedApi;
let env: NodeJS.ProcessEnv;
const readings = ['net revenue', 'gross revenue'];
const waiting: Question = {
  ...answered,
  status: 'waiting',
  answer: null,
  choice: { round: 1, readings, requestedAt: answered.createdAt, chosen: null },
};

beforeEach(async () => {
  api = await startCannedApi();
  env = { QUAESTOR_API_URL: api.url, QUAESTOR_API_KEY: 'qsk_1' };
  api.on('GET /v1/data-sources', json({ dataSources: [source] }));
  api.on('POST /v1/questions', json({ id: 'q1', jobId: 'answer-q1', status: 'queued', links: {} }, 202));
  api.on('GET /v1/questions/q1/rows', json({ columns: [], rows }));
  api.on('GET /v1/jobs/answer-q1', json(job));
  const requested = { seq: 1, kind: 'choice.requested', data: { questionId: 'q1', round: 1, readings } };
  api.on('GET /v1/jobs/answer-q1/events', events([requested, { seq: 2, kind: 'job.succeeded' }]));
});
afterEach(async () => {
  await api.close();
});

const sentReplies = () => api.seen.filter(({ path }) => path.endsWith('/reply')).map(({ body }) => body);

describe('a question with several readings', () => {
  test('asks the person at the terminal, again after a number that no reading has, and prints the answer', async () => {
    api.on('GET /v1/questions/q1', json(waiting), json(answered));
    api.on(
      'POST /v1/questions/q1/reply',
      problem({ title: 'Not valid', status: 400, code: 'invalid_request', detail: 'there are 2 readings' }),
      json({}, 202),
    );
    const { exitCode, stderr, stdout } = await runMain(['ask', 'revenue'], {
      env,
      isTty: true,
      stdin: '7\n2\n',
    });
    expect(stderr).toContain('2. gross revenue');
    expect(stderr).toContain('there are 2 readings');
    expect(sentReplies()).toEqual([{ choice: 7 }, { choice: 2 }]);
    expect(stdout).toContain('3 rows');
    expect(exitCode).toBe(0);
  });

  test('without a person prints the readings and how to choose, and exits with 6', async () => {
    api.on('GET /v1/questions/q1', json(waiting));
    const { exitCode, stdout } = await runMain(['ask', 'revenue'], { env });
    expect(exitCode).toBe(6);
    expect(stdout).toContain('1. net revenue');
    expect(stdout).toContain('quaestor reply q1');
    expect(sentReplies()).toEqual([]);
  });

  test('is left for later by an empty line', async () => {
    api.on('GET /v1/questions/q1', json(waiting));
    const { exitCode } = await runMain(['ask', 'revenue'], { env, isTty: true, stdin: '\n' });
    expect(exitCode).toBe(6);
    expect(sentReplies()).toEqual([]);
  });

  test('with --json is one document, also at a terminal', async () => {
    api.on('GET /v1/questions/q1', json(waiting));
    const { exitCode, stdout } = await runMain(['ask', 'revenue', '--json'], {
      env,
      isTty: true,
      stdin: '1\n',
    });
    expect(exitCode).toBe(6);
    expect(JSON.parse(stdout)).toEqual({ question: waiting, rows: [] });
  });

  test('quaestor reply chooses, also in other words, and prints the answer', async () => {
    api.on('GET /v1/questions/q1', json(answered));
    api.on('POST /v1/questions/q1/reply', json({}, 202));
    const { exitCode, stdout } = await runMain(['reply', 'q1', 'neither', 'of', 'them'], { env });
    expect(sentReplies()).toEqual([{ text: 'neither of them' }]);
    expect(stdout).toContain('3 rows');
    expect(exitCode).toBe(0);
  });
});
