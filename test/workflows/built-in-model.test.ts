import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cell } from '../../contracts/question.js';
import { createSampleCompany } from '../../examples/sample-company/create-sample-company.js';
import { EVALUATION_QUESTIONS, FIRST_QUESTIONS } from '../../examples/sample-company/questions.js';
import { createTestSource, queryRowArrays, type TestSource } from '../support/databases.js';
import { startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';

let source: TestSource;
let quaestor: TestQuaestor;
let dataSourceId: string;

beforeAll(async () => {
  source = await createTestSource('SELECT 1');
  await createSampleCompany({ connectionString: source.url, now: new Date() });
  quaestor = await startTestQuaestor();
  dataSourceId = await quaestor.connect(source.url);
});

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
});

/** Numbers to two places, points in time to the day: what a gold column and an answer's column are compared by. */
const plain = (cell: Cell): string => {
  const text = String(cell);
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text).toFixed(2);
  return text.replace(/^(\d{4}-\d{2}-\d{2})[ T].*$/, '$1');
};

const columnsOf = (rows: readonly Cell[][]): string[] =>
  (rows[0] ?? []).map((_, column) => JSON.stringify(rows.map((row) => plain(row[column]!)).sort()));

/** True when every column of the gold result stands in the answer; an answer may add keys and names. */
function holdsGold(rows: readonly Cell[][], gold: readonly Cell[][]): boolean {
  const columns = columnsOf(rows);
  return rows.length === gold.length && columnsOf(gold).every((column) => columns.includes(column));
}

test.each(FIRST_QUESTIONS)(
  'the question that npm start asks is answered rightly: $question',
  async ({ question, sql }) => {
    const asked = await quaestor.ask(dataSourceId, question);
    expect(asked.status).toBe('answered');
    expect(asked.answer?.model).toEqual({ provider: 'built-in', name: 'built-in-translator' });
    expect(asked.answer?.interpretation).not.toBeNull();
    const { rows } = await quaestor.client.readRows(asked.id);
    expect(holdsGold(rows, await queryRowArrays(source.url, sql))).toBe(true);
  },
);

test('of questions in plain words the built-in model answers some, each rightly, and says of the others that it is not confident', async () => {
  const wrong: string[] = [];
  let answered = 0;
  for (const { question, sql } of EVALUATION_QUESTIONS) {
    const asked = await quaestor.ask(dataSourceId, question);
    if (asked.status === 'refused') {
      expect(asked.error?.code).toBe('question_not_understood');
      expect(asked.error?.message).not.toBe('');
      continue;
    }
    // Asked back which of several readings is meant: nothing is guessed.
    if (asked.status === 'waiting') continue;
    answered += 1;
    const { rows } = await quaestor.client.readRows(asked.id);
    const gold = await queryRowArrays(source.url, sql);
    if (!holdsGold(rows, gold))
      wrong.push(`${question}\n${asked.answer?.sql}\n${JSON.stringify(rows.slice(0, 3))}`);
  }
  expect(wrong).toEqual([]);
  expect(answered).toBeGreaterThan(EVALUATION_QUESTIONS.length / 3);
});
