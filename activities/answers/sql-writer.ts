import type { QueryDialect } from '../../contracts/data-source.js';
import { type ErrorRecord, errorRecord } from '../../contracts/quaestor-error.js';
import type { ModelProvider } from '../../contracts/question.js';
import type { StoredContext } from '../../db/statements/questions.js';
import { translateFollowUp } from '../../domain/built-in-model/follow-up.js';
import { withTableWords } from '../../domain/datasets/row-words.js';
import { extractReadings } from '../../domain/guard/extract-readings.js';
import { extractSql } from '../../domain/guard/extract-sql.js';
import { type CutOff, findCutOff } from '../../domain/guard/reply-cut-off.js';
import { buildSqlPrompt } from '../../domain/prompt/build-sql-prompt.js';
import { spellNames } from '../../domain/prompt/spell-names.js';
import { withoutLinks } from '../../domain/prompt/without-links.js';
import type { ChatProvider } from '../model/chat-provider.js';

export interface SqlRequest {
  question: string;
  context: StoredContext;
  /** The kind of database that will run it. */
  dialect: QueryDialect;
  /** `YYYY-MM-DD` */
  today: string;
  /** What the reader chose where the model had asked, oldest first. */
  chosenReadings?: readonly string[];
  /** What is to be mended. */
  previous?: { sql: string; error: ErrorRecord };
  signal: AbortSignal;
  /** Of the model's call; see ChatRequest. */
  timeoutMs?: number | undefined;
}

export type SqlReply = { usage: { promptTokens: number; completionTokens: number } } & (
  | { outcome: 'sql'; sql: string; interpretation: string | null }
  /** The model says that there is no SQL for this; asking again would not help. */
  | { outcome: 'refused'; error: ErrorRecord }
  /** Only the reader can say which reading is meant; there are at least two. */
  | { outcome: 'ambiguous'; readings: string[]; error: ErrorRecord }
  /** The reply holds no SQL; asking again may help. */
  | { outcome: 'unusable'; error: ErrorRecord; text: string }
);

/** Writes the SQL for a question. */
export interface SqlWriter {
  readonly provider: ModelProvider;
  readonly name: string;
  write(request: SqlRequest): Promise<SqlReply>;
}

/** A model's reason is a sentence or two. */
const REFUSAL_CHARS = 1_000;
const NO_USAGE = { promptTokens: 0, completionTokens: 0 };

/** Quaestor's own translator: free, instant, and honest about what it does not understand. */
export function createBuiltInWriter(): SqlWriter {
  return {
    provider: 'built-in',
    name: 'built-in-translator',
    write: async ({ question, context, dialect, today, previous, chosenReadings }) => {
      // It is deterministic: what was refused once would be refused again.
      if (previous) return { outcome: 'refused', usage: NO_USAGE, error: previous.error };
      const inWords = (text: string): string =>
        dialect === 'duckdb' ? withTableWords(text, context.schema.tables, context.values ?? {}) : text;
      const { translation } = translateFollowUp({
        question: inWords(question),
        earlier: (context.turns ?? []).map((turn) => inWords(turn.question)),
        context: context.schema,
        today,
        sampledValues: context.values ?? {},
        ...(chosenReadings ? { chosenReadings } : {}),
        dialect,
      });
      switch (translation.outcome) {
        case 'sql':
          return {
            outcome: 'sql',
            usage: NO_USAGE,
            sql: translation.sql,
            interpretation: translation.interpretation,
          };
        case 'ambiguous':
          return ambiguous(NO_USAGE, translation.readings, translation.reason);
        case 'not_confident':
          return {
            outcome: 'refused',
            usage: NO_USAGE,
            error: errorRecord('question_not_understood', translation.reason),
          };
      }
    },
  };
}

/** A language model behind an OpenAI-compatible endpoint. */
export function createChatWriter(options: {
  chat: ChatProvider;
  tokenBudget: number;
  /** Loads the tokeniser when the first question comes: some 90 MB. */
  loadTokenCounter: () => Promise<(text: string) => number>;
}): SqlWriter {
  const { chat, tokenBudget, loadTokenCounter } = options;
  return {
    provider: chat.kind,
    name: chat.name,
    write: async ({ question, context, dialect, today, previous, chosenReadings, signal, timeoutMs }) => {
      const prompt = buildSqlPrompt({
        question,
        ...spellNames(
          { context: context.schema, chosen: context.chosen, values: context.values ?? {} },
          dialect,
        ),
        guidance: context.guidance,
        dialect,
        today,
        tokenBudget,
        countTokens: await loadTokenCounter(),
        previous,
        chosenReadings,
        turns: context.turns,
      });
      const completion = await chat.complete({
        system: prompt.system,
        messages: [{ role: 'user', content: prompt.user }],
        signal,
        timeoutMs,
      });
      const { usage, text } = completion;
      const cutOff = findCutOff(text, completion.finishReason);
      // A model that leaves its fence open a second time never closes any: the guard decides.
      const isHabit = cutOff === 'open-fence' && previous?.error.details?.['cutOff'] === 'open-fence';
      if (cutOff && !isHabit)
        return { outcome: 'unusable', usage, error: cutOffError(cutOff), text: text.slice(0, 4_000) };
      const extracted = extractSql(text);
      if (!extracted) {
        const error = errorRecord('model_answer_unusable', 'The model’s reply holds no SQL.');
        return { outcome: 'unusable', usage, error, text: text.slice(0, 4_000) };
      }
      if ('refusal' in extracted) {
        const { kind, message } = extracted.refusal;
        const readings = kind === 'ambiguous_question' ? extractReadings(text, message) : [];
        if (readings.length > 0)
          return ambiguous(usage, readings, `It can mean: ${readings.map(quoted).join('; ')}.`);
        const said = withoutLinks(message).slice(0, REFUSAL_CHARS) || 'The model gave no reason.';
        return { outcome: 'refused', usage, error: errorRecord(kind, said) };
      }
      return { outcome: 'sql', usage, sql: extracted.sql, interpretation: null };
    },
  };
}

const quoted = (text: string): string => `“${text}”`;

const ambiguous = (usage: SqlReply['usage'], readings: string[], reason: string): SqlReply => ({
  outcome: 'ambiguous',
  usage,
  readings,
  error: { ...errorRecord('ambiguous_question', reason), details: { readings } },
});

const cutOffError = (cutOff: CutOff): ErrorRecord => ({
  ...errorRecord(
    'model_answer_unusable',
    cutOff === 'token-limit'
      ? 'The model’s reply ended at its limit of tokens, before the SQL was complete.'
      : 'The model’s reply ended inside its block of SQL, which may be incomplete.',
  ),
  details: { cutOff },
});
