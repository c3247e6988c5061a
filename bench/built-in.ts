/**
 * npm run bench:built-in: how many questions the built-in model translates rightly, without the rest of Quaestor.
 *
 * The databases are loaded into a native Postgres and indexed as Quaestor does it (catalog, sampled values, inferred joins); each
 * question is given to the translator itself, its SQL is run, and the rows are compared with those of the gold SQL as
 * bench:answers does. Without --data the questions are those of bench/built-in/data, fourteen small schemas written for this
 * bench before anything was measured; school, logistics, telecom, festival and cinema are held out: their failures are not looked at
 * while building (rental, library and charity were written as held out and looked at later).
 *
 * Options: --data FOLDER (as for bench:answers), --database NAME (several), --held-out (only the totals of the held-out ones are
 * worth printing), --details (every question that did not come out right), --instructions (asked with the question), --json
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { translateQuestion } from '../domain/built-in-model/translate-question.js';
import { matchValues } from '../domain/values/match-values.js';
import { findFreePort } from '../platform/embedded/free-port.js';
import { startEmbeddedPostgres } from '../platform/embedded/native-postgres.js';
import { asksForOrder, compareResults } from './answers/compare-results.js';
import { loadDatabase, withClient } from './answers/databases.js';
import { readGold, runPlainly } from './answers/gold.js';
import { type BenchQuestion, loadQuestions, withInstructions } from './answers/questions.js';
import { indexDatabase } from './built-in/index-database.js';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    database: { type: 'string', multiple: true, default: [] },
    details: { type: 'boolean', default: false },
    instructions: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const OWN = join(import.meta.dirname, 'built-in', 'data');
const HELD_OUT = new Set(['school', 'logistics', 'telecom', 'festival', 'cinema']);

interface Outcome {
  id: string;
  database: string;
  question: string;
  answerable: boolean;
  verdict: 'right' | 'wrong' | 'not answered' | 'no gold';
  detail: string;
}

async function measure(url: string, questions: readonly BenchQuestion[]): Promise<Outcome[]> {
  const { schema, values } = await indexDatabase(url);
  const today = new Date().toISOString().slice(0, 10);
  return await withClient(url, async (client) => {
    const outcomes: Outcome[] = [];
    for (const each of questions) {
      const { id, database, answerable } = each;
      const question = options.instructions ? withInstructions(each) : each.question;
      const translation = translateQuestion({
        question,
        context: schema,
        today,
        sampledValues: matchValues(question, schema.tables, values),
      });
      const outcome = { id, database, question, answerable };
      const gold = answerable ? await readGold(client, schema.tables, each) : undefined;
      if (gold?.broken) outcomes.push({ ...outcome, verdict: 'no gold', detail: gold.broken });
      else if (translation.outcome !== 'sql')
        outcomes.push({ ...outcome, verdict: 'not answered', detail: translation.reason });
      else {
        const { sql } = translation;
        const order = asksForOrder(question);
        const rows = await runPlainly(client, sql).catch((error: Error) => error.message);
        const isRight =
          typeof rows !== 'string' &&
          (gold?.variants ?? []).some(({ result }) => compareResults(rows, result, order) !== 'different');
        const failure = typeof rows === 'string' ? `${rows}\n` : '';
        outcomes.push({ ...outcome, verdict: isRight ? 'right' : 'wrong', detail: `${failure}${sql}` });
      }
    }
    return outcomes;
  });
}

function print(outcomes: readonly Outcome[]): void {
  const table = new Table({
    head: ['database', 'questions', 'right', 'wrong', 'coverage', 'precision', 'unanswerable', 'declined'],
    style: { head: [], border: [], compact: true },
  });
  const percent = (part: number, whole: number) =>
    whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
  const row = (name: string, members: readonly Outcome[]) => {
    const asked = members.filter((one) => one.answerable && one.verdict !== 'no gold');
    const count = (verdict: Outcome['verdict']) => asked.filter((one) => one.verdict === verdict).length;
    const others = members.filter((one) => !one.answerable);
    const [right, wrong] = [count('right'), count('wrong')];
    const declined = others.filter((one) => one.verdict === 'not answered').length;
    table.push([
      name,
      asked.length,
      right,
      wrong,
      percent(right, asked.length),
      percent(right, right + wrong),
      others.length,
      declined,
    ]);
  };
  const databases = [...new Set(outcomes.map((one) => one.database))];
  for (const database of databases)
    row(
      database,
      outcomes.filter((one) => one.database === database),
    );
  if (databases.some((database) => HELD_OUT.has(database))) {
    row(
      'developed',
      outcomes.filter((one) => !HELD_OUT.has(one.database)),
    );
    row(
      'held out',
      outcomes.filter((one) => HELD_OUT.has(one.database)),
    );
  }
  row('total', outcomes);
  process.stdout.write(`${table.toString()}\n`);
}

const home = await mkdtemp(join(tmpdir(), 'quaestor-bench-'));
const port = await findFreePort({ preferred: 15_720 + (process.pid % 100), taken: new Set() });
const server = await startEmbeddedPostgres({
  dataDir: join(home, 'source'),
  port,
  user: 'postgres',
  password: 'bench',
});
try {
  const folder = options.data ?? OWN;
  const questions = (await loadQuestions(folder)).filter(
    ({ database }) => options.database.length === 0 || options.database.includes(database),
  );
  const outcomes: Outcome[] = [];
  for (const database of new Set(questions.map((question) => question.database))) {
    const url = await loadDatabase(server, folder, database, options.data !== undefined);
    outcomes.push(
      ...(await measure(
        url,
        questions.filter((question) => question.database === database),
      )),
    );
  }
  if (options.json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
  else print(outcomes);
  const isFine = (one: Outcome) => one.verdict === (one.answerable ? 'right' : 'not answered');
  if (options.details)
    for (const { id, verdict, question, detail } of outcomes.filter((one) => !isFine(one)))
      process.stderr.write(`\n${id} ${verdict}: ${question}\n${detail}\n`);
} finally {
  await server.stop();
  await rm(home, { recursive: true, force: true });
}
process.exit(0);
