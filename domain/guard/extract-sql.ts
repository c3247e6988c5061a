import type { ErrorCode } from '../../contracts/errors.js';

/** Why a model may say that it writes no SQL; both are codes of the error catalogue. */
export type RefusalKind = Extract<ErrorCode, 'schema_cannot_answer' | 'ambiguous_question'>;

export type ExtractedReply = { sql: string } | { refusal: { kind: RefusalKind; message: string } };

const STATEMENT =
  /^\(*\s*(?:alter|begin|call|copy|create|delete|do|drop|execute|explain|grant|insert|merge|revoke|select|set|show|table|truncate|update|vacuum|values|with)\b/i;

/** The words for a refusal that the prompt asks for, and those that models use instead. */
const REFUSALS: readonly (readonly [RefusalKind, RegExp])[] = [
  [
    'schema_cannot_answer',
    /^(?:schema[_ ])?cannot[_ ]answer$|^unanswerable$|^not[_ ]answerable$|^no[_ ]answer$/i,
  ],
  ['ambiguous_question', /^ambiguous(?:[_ ]question)?$|^clarification(?:[_ ]needed)?$/i],
];
const refusalKind = (word: string): RefusalKind | undefined =>
  REFUSALS.find(([, pattern]) => pattern.test(word.trim()))?.[0];

/**
 * The SQL, or the refusal, in the reply of a chat model; undefined if there is neither. Nothing is judged here: what is found
 * goes to the guard, whose message the model gets for its repair. Looked for in this order, after the reasoning that some
 * models print (`<think>…</think>`):
 * 1. JSON, in a fence or bare, also amid prose: `{ "sql": "…" }` (or `query`); `{ "refusal": "schema_cannot_answer",
 *    "message": "…" }` (or `error`, `code`, `kind`; `reason`); `{ "ambiguous_question": "…" }`.
 * 2. A line `schema_cannot_answer: …` or `ambiguous_question: …`, also in a comment, where no statement is with it.
 * 3. A fenced block: the first one marked `sql` (or `postgresql`, `pgsql`, `postgres`), else the first that begins like a
 *    statement. A fence that is cut off at the end of the reply ends there.
 * 4. What follows `SQL:` or `Query:` at the beginning of a line.
 * 5. Bare SQL from the first line that begins like a statement, up to a semicolon before an empty line or before prose.
 */
export const extractSql = (modelReply: string): ExtractedReply | undefined => {
  const reply = modelReply
    .replace(/<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/gi, '')
    .replace(/\r\n?/g, '\n')
    .trim();
  const blocks = fencedBlocks(reply);
  return (
    fromJson([...blocks.map((block) => block.text), reply.replace(FENCED, '\n')]) ??
    fromRefusalLine(reply, blocks) ??
    fromBlocks(blocks) ??
    fromLabel(reply) ??
    fromBareText(reply)
  );
};

const SQL_LANGUAGE = /^(?:sql|postgres|postgresql|pgsql|psql|plpgsql|mysql|mariadb)$/;

interface Block {
  language: string;
  text: string;
}

const FENCED = /(?:^|\n)[ \t>]*(```+|~~~+)[ \t]*([\w+-]*)[^\n]*\n([\s\S]*?)(?:\n?[ \t>]*\1|$)/g;

const fencedBlocks = (reply: string): Block[] =>
  [...reply.matchAll(FENCED)].map((match) => ({ language: match[2]!.toLowerCase(), text: match[3]! }));

const found = (text: string): ExtractedReply | undefined => {
  const sql = text.trim();
  return sql === '' ? undefined : { sql };
};

/** The first `{…}` of the text that is JSON and begins a line; SQL has braces in other places. */
const jsonObject = (text: string): Record<string, unknown> | undefined => {
  const end = text.lastIndexOf('}');
  for (const { 0: indent, index } of [...text.matchAll(/^[ \t]*(?=\{)/gm)].slice(0, 5)) {
    try {
      return JSON.parse(text.slice(index + indent.length, end + 1)) as Record<string, unknown>;
    } catch {
      // Not from here.
    }
  }
  return undefined;
};

const fromJson = (texts: readonly string[]): ExtractedReply | undefined => {
  for (const text of texts) {
    const json = jsonObject(text);
    if (!json) continue;
    const sql = [json['sql'], json['SQL'], json['query']].find(
      (value) => typeof value === 'string' && value.trim() !== '',
    );
    if (typeof sql === 'string') return fromBlocks(fencedBlocks(sql)) ?? found(sql);
    const said = [json['message'], json['reason'], json['explanation']].find(
      (value) => typeof value === 'string',
    );
    for (const [key, value] of Object.entries(json)) {
      if (Array.isArray(value) && refusalKind(key) && value.every((item) => typeof item === 'string'))
        return { refusal: { kind: refusalKind(key)!, message: value.join(' | ') } };
      if (typeof value !== 'string') continue;
      const byValue = refusalKind(value);
      const byKey = refusalKind(key);
      if (byValue) return { refusal: { kind: byValue, message: String(said ?? '').trim() } };
      if (byKey) return { refusal: { kind: byKey, message: value.trim() } };
    }
  }
  return undefined;
};

const fromRefusalLine = (reply: string, blocks: readonly Block[]): ExtractedReply | undefined => {
  if (blocks.some(({ text }) => text.split('\n').some((line) => STATEMENT.test(line.trim()))))
    return undefined;
  for (const line of reply.split('\n')) {
    const match = /^[\s>*`#/-]*([a-z]+(?:[_ ][a-z]+)*)[*`]*\s*:[*`]*\s*(.*?)[\s*`/]*$/i.exec(line);
    const kind = match && refusalKind(match[1]!);
    if (kind) return { refusal: { kind, message: match[2]! } };
  }
  return undefined;
};

const fromBlocks = (blocks: readonly Block[]): ExtractedReply | undefined => {
  const marked = blocks.find(({ language, text }) => SQL_LANGUAGE.test(language) && text.trim() !== '');
  const likely = blocks.find(({ text }) => text.split('\n').some((line) => STATEMENT.test(line.trim())));
  const block = marked ?? likely;
  return block && found(block.text);
};

const fromLabel = (reply: string): ExtractedReply | undefined => {
  const match = /(?:^|\n)[*_#\s]*(?:sql(?: ?query)?|query|answer)\b[*_\s]*:[*_]*\s*([\s\S]+)$/i.exec(reply);
  return match ? fromBareText(match[1]!) : undefined;
};

const fromBareText = (text: string): ExtractedReply | undefined => {
  const lines = text.replace(/^`+|`+$/g, '').split('\n');
  const first = lines.findIndex((line) => STATEMENT.test(line.trim()));
  if (first < 0) return undefined;
  const rest = lines.slice(first);
  const last = rest.findIndex((line, i) => {
    const next = rest[i + 1];
    if (!/;\s*$/.test(line) || next === undefined) return false;
    return next.trim() === '' || !(STATEMENT.test(next.trim()) || /^\s*--/.test(next));
  });
  return found(rest.slice(0, last < 0 ? rest.length : last + 1).join('\n'));
};
