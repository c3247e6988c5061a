import type { Question } from '../../contracts/question.js';
import { asksForOrder, type Comparison, compareResults, type ResultTable } from './compare-results.js';
import type { Gold } from './gold.js';
import type { BenchQuestion } from './questions.js';
import type { RunningQuaestor } from './start-stack.js';

export interface Outcome {
  id: string;
  database: string;
  category: string;
  answerable: boolean;
  status: Question['status'];
  verdict: Comparison | 'not answered';
  /** The answer has no rows, or only empty cells: equal to many a wrong one. */
  isVacuous?: boolean;
  repairs: number;
  sql?: string | undefined;
  error?: string | undefined;
  /** Added by the modes with a scripted model. */
  fault?: string | undefined;
  missing?: string[] | undefined;
  promptTokens?: number[] | undefined;
}

/** Asks one question through the API, reads its rows and compares them with every gold result. */
export async function measure(
  quaestor: RunningQuaestor,
  dataSourceId: string,
  question: BenchQuestion,
  asked: string,
  gold: Gold | undefined,
): Promise<Outcome> {
  const reply = await quaestor.ask(dataSourceId, asked);
  const outcome: Outcome = {
    id: question.id,
    database: question.database,
    category: question.category,
    answerable: question.answerable,
    status: reply.status,
    verdict: 'not answered',
    repairs: reply.answer?.repairs ?? 0,
    sql: reply.answer?.sql,
    error: reply.error ? `${reply.error.code}: ${reply.error.message}` : undefined,
  };
  if (!reply.answer) return outcome;
  const rows = await readAllRows(quaestor, reply);
  const order = asksForOrder(question.question);
  const comparisons = (gold?.variants ?? []).map(({ result }) => compareResults(rows, result, order));
  outcome.isVacuous = rows.rows.every((row) => row.every((cell) => cell === null));
  outcome.verdict = (['same', 'more'] as const).find((each) => comparisons.includes(each)) ?? 'different';
  return outcome;
}

async function readAllRows(quaestor: RunningQuaestor, { id, answer }: Question): Promise<ResultTable> {
  const rows: ResultTable['rows'] = [];
  let cursor: string | undefined;
  do {
    const page = await quaestor.client.readRows(id, cursor);
    rows.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return { columns: answer!.columns.map(({ name }) => name), rows };
}

/** Runs `work` over the items, `width` at once, results in the order of the items. */
export async function inLanes<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
