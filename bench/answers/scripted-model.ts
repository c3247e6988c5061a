import type { Behaviour, ChatMessage, RecordedRequest } from '../../test/support/model-server.js';
import type { Gold, GoldSql } from './gold.js';
import { FAULTS, type Fault, spoil } from './spoil-sql.js';

export interface ScriptedQuestion {
  asked: string;
  gold: Gold;
  /** Position among the questions, for the turn of the faults. */
  turn: number;
}

export interface Exchange {
  /** The prompts, the repairs too; their tokens are counted after the behaviour is chosen. */
  requests: RecordedRequest[];
  fault?: Fault;
  /** What the first prompt lacked of the gold that lacked least. */
  missing?: string[];
}

const NONSENSE = 'I would have to look at more of the tables first.';

/** A model that knows the gold SQL but gives it only for a prompt that shows every table and column that it reads. */
export class ScriptedModel {
  readonly exchanges = new Map<string, Exchange>();
  #questions = new Map<string, ScriptedQuestion>();
  #isSpoiling = false;

  expect(questions: readonly ScriptedQuestion[], isSpoiling: boolean): void {
    this.#questions = new Map(questions.map((question) => [question.asked.trim(), question]));
    this.#isSpoiling = isSpoiling;
    this.exchanges.clear();
  }

  /** For `model.always('chat', …)`. */
  behave(request: RecordedRequest): Behaviour {
    const { messages = [] } = (request.body ?? {}) as { messages?: ChatMessage[] };
    const prompt = messages.map(({ content }) => content).join('\n');
    const asked = /<QUESTION_(\d+) kind="question">\n([\s\S]*?)\n<\/QUESTION_\1>/.exec(prompt)?.[2]?.trim();
    const question = asked === undefined ? undefined : this.#questions.get(asked);
    if (!question) return { kind: 'text', text: NONSENSE };
    const exchange = this.exchanges.get(question.asked) ?? { requests: [] };
    this.exchanges.set(question.asked, exchange);
    exchange.requests.push(request);

    const known = question.gold.variants.flatMap((variant) =>
      variant.needs ? [{ variant, missing: missingNames(prompt, variant.needs) }] : [],
    );
    known.sort((a, b) => a.missing.length - b.missing.length);
    const best = known[0];
    if (!best || best.missing.length > 0) {
      exchange.missing ??= best?.missing ?? ['(the guard refuses the gold)'];
      return { kind: 'text', text: NONSENSE };
    }
    if (this.#isSpoiling && exchange.requests.length === 1) {
      const spoiled = this.#spoil(best.variant, question.turn);
      if (spoiled) {
        exchange.fault = spoiled.fault;
        return spoiled.behaviour;
      }
    }
    return { kind: 'text', text: reply(best.variant.sql) };
  }

  /** The sound reply of a question; what `finish-length` cuts in half. */
  soundReply(messages: readonly ChatMessage[]): string {
    const prompt = messages.map(({ content }) => content).join('\n');
    for (const { asked, gold } of this.#questions.values())
      if (prompt.includes(`\n${asked.trim()}\n`)) return reply(gold.variants[0]?.sql ?? '');
    return NONSENSE;
  }

  #spoil(variant: GoldSql, turn: number): { fault: Fault; behaviour: Behaviour } | undefined {
    for (let step = 0; step < FAULTS.length; step++) {
      const fault = FAULTS[(turn + step) % FAULTS.length]!;
      const behaviour = spoil(variant.sql, variant.needs!, fault, Math.floor(turn / FAULTS.length));
      if (behaviour) return { fault, behaviour };
    }
    return undefined;
  }
}

const reply = (sql: string): string => `\`\`\`sql\n${sql}\n\`\`\``;

/** Canonical names that the prompt's description of the schema does not show. */
function missingNames(
  prompt: string,
  needs: { tables: readonly string[]; columns: readonly string[] },
): string[] {
  const lines = prompt.split('\n');
  const linesOf = new Map<string, string[]>();
  for (const table of needs.tables) {
    const start = lines.findIndex((line) =>
      new RegExp(`^(TABLE|VIEW) ${escapePattern(table)}( --|$)`).test(line),
    );
    if (start < 0) continue;
    const length = lines.slice(start + 1).findIndex((line) => !line.startsWith('  '));
    linesOf.set(table, lines.slice(start + 1, length < 0 ? undefined : start + 1 + length));
  }
  const missingColumns = needs.columns.filter((column) => {
    const table = needs.tables.find((name) => column.startsWith(`${name}.`));
    const written = column.slice((table ?? '').length + 1);
    return !linesOf.get(table ?? '')?.some((line) => line.startsWith(`  ${written} `));
  });
  return [...needs.tables.filter((table) => !linesOf.has(table)), ...missingColumns];
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
