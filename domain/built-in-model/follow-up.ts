import { type Cut, cutQuestion } from './lattice.js';
import type { Edge, Lexeme } from './lexeme.js';
import { buildVocabulary } from './schema-vocabulary.js';
import { type Token, tokenise } from './tokenise.js';
import { type Translation, type TranslationInput, translateQuestion } from './translate-question.js';
import { indexValues } from './value-matcher.js';

export interface FollowUpInput extends TranslationInput {
  /** The earlier questions of the conversation, oldest first. */
  earlier: readonly string[];
}

export interface FollowUp {
  translation: Translation;
  /** The question that stands by itself, where it had to be put together out of two. */
  resolved?: string;
}

/**
 * Translates a question that may only say what is to change about an earlier one: a condition or a period more ("only for March"),
 * another grouping ("by region instead"), another measure ("and the average?"). The earlier question is written anew with the
 * change in its place; what comes out must be read like any other question, so a change that does not fit is refused. Of several
 * places where a change would fit with different results, none is taken.
 */
export function translateFollowUp(input: FollowUpInput): FollowUp {
  const translate = (question: string): Translation => translateQuestion({ ...input, question });
  const previous = resolveEarlier(input);
  const { rest, isCued } = withoutCues(input.question);
  if (!isCued) {
    const alone = translate(input.question);
    if (alone.outcome !== 'not_confident' || previous === undefined) return { translation: alone };
  }
  if (previous === undefined) return { translation: translate(input.question) };
  const resolved = resolve(previous, rest, input);
  if (resolved === undefined) {
    const reason = whyUnresolved(previous, rest, input);
    return { translation: { outcome: 'not_confident', reason, notUnderstood: [] } };
  }
  const translation = translate(resolved);
  if (translation.outcome !== 'sql') return { translation, resolved };
  const interpretation = `Read as “${resolved}”. ${translation.interpretation}`;
  return { translation: { ...translation, interpretation }, resolved };
}

/** The last earlier question, with each one before it resolved against its own predecessor. */
function resolveEarlier({ earlier, ...input }: FollowUpInput): string | undefined {
  let previous: string | undefined;
  for (const question of earlier) {
    const { rest, isCued } = withoutCues(question);
    const standsAlone =
      previous === undefined ||
      (!isCued && translateQuestion({ ...input, question }).outcome !== 'not_confident');
    previous = standsAlone ? question : (resolve(previous!, rest, input) ?? question);
  }
  return previous;
}

const LEADING_CUE =
  /^(?:and|but|so|then|now|ok|okay|please|only|just|also|same|the same|again|instead|(?:what|how) about|show (?:me )?(?:it|that|this|them)|make (?:it|that)|(?:group|break|split) (?:it|them|that|this)(?: down)?|rather)\b[\s,:]*/i;
const TRAILING_CUE = /[\s,]*(?:instead|please|only|too|as well|rather|this time)?[\s?!.]*$/i;
/** Begins like an addition, never like a question. */
const FRAGMENT = /^(?:by|per|for|in|of|with|without|since|before|after|during|from|where|excluding)\b/i;

/** The change without the words that only say that it is one. */
function withoutCues(question: string): { rest: string; isCued: boolean } {
  let rest = question.trim();
  for (let cut = rest.replace(LEADING_CUE, ''); cut !== rest; cut = rest.replace(LEADING_CUE, '')) rest = cut;
  const isCued = rest !== question.trim() || /\b(?:instead|too|as well)[\s?!.]*$/i.test(rest);
  rest = rest
    .replace(TRAILING_CUE, '')
    .replace(/\b(?:ones|those)$/i, '')
    .trim();
  return { rest, isCued: isCued || FRAGMENT.test(rest) };
}

type Input = Omit<TranslationInput, 'question'>;

/** The earlier question with the change in its place; undefined when there is no such place, or more than one. */
function resolve(previous: string, change: string, input: Input): string | undefined {
  const cutOf = cutter(input);
  const from = cutOf(previous);
  const to = cutOf(change);
  if (!from || !to || change === '') return undefined;
  const unchanged = translateQuestion({ ...input, question: previous });
  const found = new Map<string, string>();
  for (const candidate of candidates(from, to)) {
    const translation = translateQuestion({ ...input, question: candidate });
    if (translation.outcome !== 'sql') continue;
    // A change that changes nothing was not understood.
    if (unchanged.outcome === 'sql' && unchanged.sql === translation.sql) continue;
    if (!found.has(translation.sql)) found.set(translation.sql, candidate);
  }
  return found.size === 1 ? [...found.values()][0] : undefined;
}

/** Why a change found no place: what is not understood about the earlier question with it, if there is one way to put it. */
function whyUnresolved(previous: string, change: string, input: Input): string {
  const cutOf = cutter(input);
  const from = cutOf(previous);
  const to = cutOf(change);
  const fallback = `It is not clear what this changes about the question before, “${previous}”.`;
  if (!from || !to || change === '') return fallback;
  const unknown = to.cut.edges.flatMap(({ lexeme }) =>
    lexeme.kind === 'unknown' ? [`"${lexeme.word}"`] : [],
  );
  if (unknown.length > 0)
    return `These words match no table, column, known value or expression: ${unknown.join(', ')}.`;
  const tried = candidates(from, to).map((question) => ({
    question,
    translation: translateQuestion({ ...input, question }),
  }));
  if (tried.filter(({ translation }) => translation.outcome === 'sql').length > 1)
    return `It could change the question before, “${previous}”, in several ways.`;
  const refused = tried.find(({ translation }) => translation.outcome === 'not_confident');
  if (refused?.translation.outcome !== 'not_confident') return fallback;
  return `Read as “${refused.question}”, it is not answered: ${refused.translation.reason}`;
}

interface Text {
  tokens: Token[];
  cut: Cut;
}

function cutter(input: Input): (text: string) => Text | undefined {
  const vocabulary = buildVocabulary(input.context);
  const values = indexValues(vocabulary, input.sampledValues ?? {});
  return (text) => {
    const tokens = tokenise(text).filter(({ kind, raw }) => kind !== 'mark' || !/^[?!.]$/.test(raw));
    const cut = tokens.length === 0 ? undefined : cutQuestion(tokens, vocabulary, values, input.today)[0];
    return cut && { tokens, cut };
  };
}

const say = (tokens: readonly Token[]): string =>
  tokens.map((token) => (token.kind === 'quoted' ? `"${token.raw}"` : token.raw)).join(' ');
const kindOf = (edge: Edge | undefined): Lexeme['kind'] | undefined => edge?.lexeme.kind;
const has = ({ cut }: Text, ...kinds: Lexeme['kind'][]): boolean =>
  cut.edges.some((edge) => kinds.includes(edge.lexeme.kind));

/** The earlier question with the change at each place where one of its kind can stand. */
function candidates(from: Text, to: Text): string[] {
  const change = say(to.tokens);
  const whole = say(from.tokens);
  const replace = (start: number, end: number, text: string): string =>
    [say(from.tokens.slice(0, start)), text, say(from.tokens.slice(end))].filter(Boolean).join(' ');

  if (isGrouping(to)) {
    const group = groupOf(from);
    return group ? [replace(group.start, group.end, change)] : appended(from, change);
  }
  if (has(to, 'time') && !has(to, 'value', 'table', 'column', 'sales', 'count')) {
    const time = timeOf(from);
    const said = withYear(to, time?.edge);
    return time ? [replace(time.start, time.end, said)] : [`${whole} ${said}`];
  }
  if (has(to, 'value', 'quoted') && !has(to, 'sales', 'count', 'aggregate')) {
    const rival = rivalOf(from, to);
    if (rival) return [replace(rival.start, rival.end, sayValue(to))];
    const table = from.cut.edges.find((edge) => kindOf(edge) === 'table');
    return [...(table ? [replace(table.start, table.start, sayValue(to))] : []), ...appended(from, change)];
  }
  if (has(to, 'top', 'superlative', 'number') && !has(to, 'table', 'column')) return [];
  if (has(to, 'compare', 'between', 'null', 'match', 'with', 'without')) return appended(from, change);
  const measure = measureOf(from);
  return measure && has(to, 'count', 'aggregate', 'sales', 'column')
    ? [replace(measure.start, measure.end, measureIn(from, measure, to))]
    : [];
}

/** At the end, and before the group and the time, which some conditions must not follow. */
function appended(from: Text, change: string): string[] {
  const first = Math.min(groupOf(from)?.start ?? Infinity, timeOf(from)?.start ?? Infinity);
  const whole = say(from.tokens);
  if (!Number.isFinite(first)) return [`${whole} ${change}`];
  return [
    `${whole} ${change}`,
    `${say(from.tokens.slice(0, first))} ${change} ${say(from.tokens.slice(first))}`,
  ];
}

const isGrouping = ({ cut: { edges } }: Text): boolean =>
  kindOf(edges[0]) === 'group' || (edges.length === 1 && kindOf(edges[0]) === 'time-unit');

const IN_GROUP: ReadonlySet<Lexeme['kind'] | undefined> = new Set([
  'table',
  'column',
  'time-unit',
  'and',
  'comma',
  'filler',
]);

/** From "by" to the last thing grouped by. */
function groupOf({ cut: { edges } }: Text): { start: number; end: number } | undefined {
  const at = edges.findIndex(
    (edge) => kindOf(edge) === 'group' || (edge.lexeme.kind === 'time-unit' && edge.lexeme.isAdverb),
  );
  if (at < 0) return undefined;
  let last = at;
  if (kindOf(edges[at]) === 'group') {
    while (IN_GROUP.has(kindOf(edges[last + 1]))) last++;
    while (last > at && ['and', 'comma', 'filler'].includes(kindOf(edges[last])!)) last--;
  }
  return { start: edges[at]!.start, end: edges[last]!.end };
}

/** The period with the preposition before it. */
function timeOf({ cut: { edges } }: Text): { start: number; end: number; edge: Edge } | undefined {
  const at = edges.findIndex((edge) => kindOf(edge) === 'time');
  if (at < 0) return undefined;
  const before = edges[at - 1];
  const start = kindOf(before) === 'prep' ? before!.start : edges[at]!.start;
  return { start, end: edges[at]!.end, edge: edges[at]! };
}

/** "March" about a question on 2025 is March 2025. */
function withYear(to: Text, earlier: Edge | undefined): string {
  const said = say(to.tokens);
  const prefixed =
    /^(?:\d{4}|january|february|march|april|may|june|july|august|september|october|november|december|q[1-4])\b/i.test(
      said,
    )
      ? `in ${said}`
      : said;
  if (earlier?.lexeme.kind !== 'time' || /\d{4}|\b(?:last|this|next|past|today|yesterday)\b/i.test(said))
    return prefixed;
  const { from, to: end } = earlier.lexeme.range;
  const year = from?.slice(0, 4);
  const isInOneYear =
    from && end && Number(year) + (end.slice(4) === '-01-01' ? 1 : 0) === Number(end.slice(0, 4));
  return isInOneYear ? `${prefixed} ${year}` : prefixed;
}

/** The value that stands for the same column in the earlier question: "in Munich", then "what about Berlin". */
function rivalOf(from: Text, to: Text): Edge | undefined {
  const columns = to.cut.edges.flatMap(({ lexeme }) => (lexeme.kind === 'value' ? [lexeme.column] : []));
  return from.cut.edges.find(
    ({ lexeme }) =>
      lexeme.kind === 'value' &&
      columns.some(
        (column) => column.source.canonicalColumnName === lexeme.column.source.canonicalColumnName,
      ),
  );
}

/** The values alone, for a place that has its own preposition. */
function sayValue({ tokens, cut: { edges } }: Text): string {
  const [first] = edges;
  return say(first && kindOf(first) === 'prep' ? tokens.slice(first.end) : tokens);
}

const MEASURES: ReadonlySet<Lexeme['kind'] | undefined> = new Set(['count', 'aggregate', 'sales']);

/** From the first word of measuring to what is measured. */
function measureOf({ cut: { edges } }: Text): { start: number; end: number } | undefined {
  const at = edges.findIndex((edge) => MEASURES.has(kindOf(edge)));
  if (at < 0) {
    const until = edges.findIndex((edge) => ['group', 'time', 'time-unit', 'prep'].includes(kindOf(edge)!));
    const head = edges.slice(0, until < 0 ? edges.length : until);
    const isMeasure = head.every((edge) =>
      ['opener', 'be', 'filler', 'table', 'column'].includes(kindOf(edge)!),
    );
    return isMeasure && head.some((edge) => kindOf(edge) === 'column')
      ? { start: head[0]!.start, end: head.at(-1)!.end }
      : undefined;
  }
  let last = at;
  if (kindOf(edges[at]) === 'aggregate') {
    const measured = edges.findIndex(
      (edge, index) => index > at && ['column', 'sales'].includes(kindOf(edge)!),
    );
    if (measured >= 0) last = measured;
  }
  return { start: edges[at]!.start, end: edges[last]!.end };
}

const FUNCTION =
  /^.*?\b(?:total|sum|average|avg|mean|maximum|minimum|highest|lowest|max|min)\b(?: of)?(?: the)? /i;

/** "the average": the function changes, what is measured stays. */
function measureIn(from: Text, measure: { start: number; end: number }, to: Text): string {
  const said = say(to.tokens);
  const isFunctionOnly = to.cut.edges.every(({ lexeme }) =>
    ['aggregate', 'filler', 'prep'].includes(lexeme.kind),
  );
  if (!isFunctionOnly) return said;
  const measured = say(from.tokens.slice(measure.start, measure.end));
  return `${said.replace(/^the /i, '')} ${measured.replace(FUNCTION, '')}`;
}
