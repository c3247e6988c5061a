/**
 * npm run bench:answers -- --data FOLDER: how many questions of a set come out right, by comparing results.
 *
 * FOLDER holds questions.jsonl, NAME.sql and NAME.descriptions.json for each database (defog's sql-eval sets have this form).
 * The databases are loaded into a native Postgres, connected and indexed through the API; every question is asked through the API.
 *
 * - ceiling: a scripted model gives the gold SQL only if the prompt shows every table and column that it reads.
 * - faults: the same, with the first reply spoiled in one of eight ways.
 * - built-in: Quaestor's own translator: how much it answers, how much of that is right, and what it declines.
 * - openai: a real endpoint, from OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_CHAT_MODEL; only when asked for.
 *
 * Definitions that a set gives with a question ("instructions") are asked with it, but not of the built-in model, which
 * understands only some of such prose (bench:built-in --instructions asks with it). Column descriptions become comments in the database unless --no-comments is given.
 *
 * Options: --data FOLDER, --json, --only MODE (may be given several times), --no-comments, --database NAME (several), --details
 */
import { parseArgs } from 'node:util';
import { startModelServer } from '../test/support/model-server.js';
import { loadDatabase, withClient } from './answers/databases.js';
import { type Gold, readCatalog, readGold } from './answers/gold.js';
import { inLanes, measure, type Outcome } from './answers/measure.js';
import { type BenchQuestion, loadQuestions, withInstructions } from './answers/questions.js';
import { type AnswersReport, type ModeReport, percentile, printReport } from './answers/report.js';
import { ScriptedModel } from './answers/scripted-model.js';
import { type RunningQuaestor, type Stack, startStack } from './answers/start-stack.js';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: ['ceiling', 'faults', 'built-in'] },
    database: { type: 'string', multiple: true, default: [] },
    comments: { type: 'boolean', default: true },
    details: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

interface Prepared {
  questions: BenchQuestion[];
  urls: Map<string, string>;
  golds: Map<string, Gold>;
}

/** Questions at once. */
const WIDTH = 2;

async function prepare(stack: Stack, folder: string): Promise<Prepared> {
  const all = await loadQuestions(folder);
  const questions = all.filter(
    ({ database }) => options.database.length === 0 || options.database.includes(database),
  );
  const urls = new Map<string, string>();
  const golds = new Map<string, Gold>();
  for (const database of new Set(questions.map((question) => question.database))) {
    const url = await loadDatabase(stack.sources, folder, database, options.comments);
    urls.set(database, url);
    await withClient(url, async (client) => {
      const tables = await readCatalog(client);
      for (const question of questions)
        if (question.database === database && question.sql !== null)
          golds.set(question.id, await readGold(client, tables, question));
    });
  }
  return { questions: questions.filter(({ id }) => !golds.get(id)?.broken), urls, golds };
}

/** One pass over all databases; `ask` measures the questions of one of them. */
async function pass(
  quaestor: RunningQuaestor,
  { questions, urls }: Prepared,
  ask: (dataSourceId: string, questions: BenchQuestion[]) => Promise<Outcome[]>,
  connected: Map<string, string>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [database, url] of urls) {
    const dataSourceId = connected.get(database) ?? (await quaestor.connect(url));
    connected.set(database, dataSourceId);
    const own = questions.filter((question) => question.database === database);
    process.stderr.write(`  ${database}: ${own.length} questions\n`);
    outcomes.push(...(await ask(dataSourceId, own)));
  }
  return outcomes;
}

async function scripted(stack: Stack, prepared: Prepared, modes: readonly string[]): Promise<ModeReport[]> {
  const script = new ScriptedModel();
  const model = await startModelServer({ reply: (messages) => script.soundReply(messages) });
  model.always('chat', (request) => script.behave(request));
  const quaestor = await stack.startQuaestor({ OPENAI_BASE_URL: model.baseUrl });
  const connected = new Map<string, string>();
  try {
    const reports: ModeReport[] = [];
    for (const mode of modes) {
      process.stderr.write(`${mode}\n`);
      const tokens: number[] = [];
      const ask = async (dataSourceId: string, questions: BenchQuestion[]) => {
        const answerable = questions.filter(({ sql }) => sql !== null);
        script.expect(
          answerable.map((question, turn) => ({
            asked: withInstructions(question),
            gold: prepared.golds.get(question.id)!,
            turn,
          })),
          mode === 'faults',
        );
        const outcomes = await inLanes(answerable, WIDTH, (question) =>
          measure(
            quaestor,
            dataSourceId,
            question,
            withInstructions(question),
            prepared.golds.get(question.id),
          ),
        );
        for (const [index, outcome] of outcomes.entries()) {
          const exchange = script.exchanges.get(withInstructions(answerable[index]!));
          outcome.fault = exchange?.fault;
          outcome.missing = exchange?.missing;
          outcome.promptTokens = exchange?.requests.map((request) => request.tokens);
          tokens.push(...(outcome.promptTokens ?? []));
        }
        return outcomes;
      };
      const outcomes = await pass(quaestor, prepared, ask, connected);
      reports.push({
        mode,
        outcomes,
        tokens: { p50: percentile(tokens, 0.5), p95: percentile(tokens, 0.95) },
      });
    }
    return reports;
  } finally {
    await quaestor.stop();
    await model.close();
  }
}

async function unscripted(
  stack: Stack,
  prepared: Prepared,
  mode: 'built-in' | 'openai',
): Promise<ModeReport> {
  process.stderr.write(`${mode}\n`);
  const env = Object.entries(process.env).filter(([name]) => mode === 'openai' && name.startsWith('OPENAI_'));
  const quaestor = await stack.startQuaestor(Object.fromEntries(env) as Record<string, string>);
  try {
    const ask = async (dataSourceId: string, questions: BenchQuestion[]) =>
      await inLanes(questions, WIDTH, (question) =>
        measure(
          quaestor,
          dataSourceId,
          question,
          mode === 'built-in' ? question.question : withInstructions(question),
          prepared.golds.get(question.id),
        ),
      );
    return { mode, outcomes: await pass(quaestor, prepared, ask, new Map()) };
  } finally {
    await quaestor.stop();
  }
}

async function main(): Promise<void> {
  if (options.data === undefined) throw new Error('Say where the questions are: --data FOLDER');
  const stack = await startStack();
  try {
    const prepared = await prepare(stack, options.data);
    const modes: ModeReport[] = [];
    const scriptedModes = ['ceiling', 'faults'].filter((mode) => options.only.includes(mode));
    if (scriptedModes.length > 0) modes.push(...(await scripted(stack, prepared, scriptedModes)));
    for (const mode of ['built-in', 'openai'] as const)
      if (options.only.includes(mode)) modes.push(await unscripted(stack, prepared, mode));
    const golds = [...prepared.golds];
    const report: AnswersReport = {
      comments: options.comments,
      guardRefusals: golds.flatMap(([id, { refusal }]) => (refusal ? { id, reason: refusal.message } : [])),
      broken: golds.flatMap(([id, { broken }]) => (broken ? { id, reason: broken } : [])),
      modes,
    };
    if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else printReport(report);
    if (options.details) printMisses(report);
  } finally {
    await stack.stop();
  }
}

/** Every question that did not come out right, to standard error. */
function printMisses({ modes }: AnswersReport): void {
  for (const { mode, outcomes } of modes) {
    for (const { verdict, answerable, ...outcome } of outcomes) {
      const isFine = answerable ? verdict === 'same' || verdict === 'more' : verdict === 'not answered';
      if (!isFine) process.stderr.write(`${mode} ${verdict} ${JSON.stringify(outcome)}\n`);
    }
  }
}

await main();
process.exit(0);
