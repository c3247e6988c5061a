/** A piece of a text of SQL; what stands between two pieces is space and comments. */
export interface PlacedToken {
  text: string;
  /** In UTF-16 code units. */
  start: number;
  end: number;
}

/** The outermost ORDER BY … LIMIT of a query, as text. */
export interface TopCut {
  /** Rows that are shown. */
  limit: number;
  /** Rows that are passed over before them. */
  offset: number;
  keys: SortKey[];
  /**
   * The query with the sort keys as further columns `quaestor_key_1`, … of its own, and with a limit of its own.
   * @param chosen indexes of keys
   */
  withKeys(chosen: readonly number[], limit: number): string;
}

export interface SortKey {
  /** What is sorted by: an expression that may stand in the SELECT list. */
  expression: string;
  /** `DESC NULLS LAST` and the like; empty where nothing is said. */
  direction: string;
  /** The name in the result, or the expression where it is not shown. */
  label: string;
}

/** The column that `withKeys` gives a key. @param index from 0 */
export const keyColumn = (index: number): string => `quaestor_key_${index + 1}`;

/**
 * Finds where a query cuts its rows off: one SELECT with a list of sort keys and a limit of a number. Undefined for set operations, for limits
 * that are computed, for WITH TIES, and for sort keys that only name a place in `SELECT *`.
 * @param tokens of one statement, in any dialect
 */
export function readTopCut(sql: string, tokens: readonly PlacedToken[]): TopCut | undefined {
  const outer = outermost(tokens.at(-1)?.text === ';' ? tokens.slice(0, -1) : tokens);
  const at = (...words: string[]) => outer.findIndex(({ lower }, i) => isAt(outer, i, words) && lower !== '');
  const [select, from, order] = [at('select'), at('from'), at('order', 'by')];
  if (select < 0 || from < select || order < from) return undefined;
  if (outer.some(({ lower }) => SET_OPERATIONS.has(lower))) return undefined;
  const tail = outer.findIndex(({ lower }, i) => i > order && TAIL.has(lower));
  if (tail < 0) return undefined;
  const rows = readTail(
    outer
      .slice(tail)
      .map(({ lower }) => lower)
      .join(' '),
  );
  if (!rows) return undefined;
  const textOf = (part: readonly OuterToken[]) => sql.slice(part[0]!.start, part.at(-1)!.end);
  const list = splitAtCommas(outer.slice(select + 1, from));
  const items = list.map((part, i) => readItem(i === 0 ? withoutDistinct(part) : part, textOf));
  const keys = splitAtCommas(outer.slice(order + 2, tail)).map((part) => readKey(part, items, textOf));
  if (keys.length === 0 || !keys.every((key) => key !== undefined)) return undefined;
  const lastOfList = outer[from - 1]!;
  return {
    ...rows,
    keys,
    withKeys(chosen, limit) {
      const added = chosen.map((index) => `, (${keys[index]!.expression}) AS ${keyColumn(index)}`).join('');
      const rest = sql.slice(lastOfList.end, outer[tail - 1]!.end);
      return `${sql.slice(0, lastOfList.end)}${added}${rest}\nLIMIT ${limit}`;
    },
  };
}

const SET_OPERATIONS = new Set(['union', 'intersect', 'except', 'minus']);
const TAIL = new Set(['limit', 'offset', 'fetch']);

/** A token outside of brackets, or a bracket with all that it holds. */
interface OuterToken {
  lower: string;
  text: string;
  start: number;
  end: number;
}

function outermost(tokens: readonly PlacedToken[]): OuterToken[] {
  const outer: OuterToken[] = [];
  let depth = 0;
  for (const { text, start, end } of tokens) {
    if (text === '(' || text === '[') {
      if (depth++ === 0) outer.push({ lower: '', text: '', start, end });
    } else if (text === ')' || text === ']') {
      if (--depth === 0) outer.at(-1)!.end = end;
    } else if (depth === 0) outer.push({ lower: text.toLowerCase(), text, start, end });
  }
  return outer;
}

const isAt = (tokens: readonly OuterToken[], at: number, words: readonly string[]): boolean =>
  words.every((word, i) => tokens[at + i]?.lower === word);

/** `limit 5`, `limit 5 offset 10`, `limit 10 , 5`, `offset 10 rows fetch first 5 rows only`. */
function readTail(text: string): { limit: number; offset: number } | undefined {
  const [, skipped, most] = /^limit (\d+) , (\d+)$/.exec(text) ?? [];
  if (most !== undefined) return { limit: Number(most), offset: Number(skipped) };
  const offset = /(?:^| )offset (\d+)(?: rows?)?(?= |$)/.exec(text);
  const rest = (offset ? text.replace(offset[0], '') : text).trim();
  const [, limit, first] = /^(?:limit (\d+)|fetch (?:first|next)(?: (\d+))? rows? only)$/.exec(rest) ?? [];
  if (rest === '' || (limit === undefined && !rest.startsWith('fetch'))) return undefined;
  if (limit === undefined && !/only$/.test(rest)) return undefined;
  return { limit: Number(limit ?? first ?? 1), offset: Number(offset?.[1] ?? 0) };
}

function splitAtCommas(tokens: readonly OuterToken[]): OuterToken[][] {
  const parts: OuterToken[][] = [[]];
  for (const token of tokens) {
    if (token.text === ',') parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

function withoutDistinct(part: OuterToken[]): OuterToken[] {
  if (part[0]?.lower === 'all') return part.slice(1);
  if (part[0]?.lower !== 'distinct') return part;
  return isAt(part, 1, ['on', '']) ? part.slice(3) : part.slice(1);
}

interface OutputItem {
  expression: string;
  /** Without quotes, in lower case; undefined for `*` and for expressions without a name. */
  name?: string;
  label?: string;
}

const plainName = (text: string): string => text.replace(/^["`]|["`]$/g, '');
const isName = (text: string | undefined): boolean =>
  text !== undefined && /^(?:["`].*["`]|[\p{L}_][\p{L}\p{N}_$]*)$/su.test(text);

function readItem(part: readonly OuterToken[], textOf: (part: readonly OuterToken[]) => string): OutputItem {
  const last = part.at(-1);
  if (!last || last.text === '*') return { expression: '*' };
  const named = { name: plainName(last.text).toLowerCase(), label: plainName(last.text) };
  const before = part.at(-2);
  if (before?.lower === 'as') return { expression: textOf(part.slice(0, -2)), ...named };
  const expression = textOf(part);
  // `s.total` and `total` are called so; `sum(x) total` is, too.
  if (!isName(last.text)) return { expression };
  if (!before || before.text === '.') return { expression, ...named };
  const endsOperand = before.lower === '' || isName(before.text) || /^[\d']/.test(before.text);
  return endsOperand && last.lower !== 'end'
    ? { expression: textOf(part.slice(0, -1)), ...named }
    : { expression };
}

function readKey(
  part: readonly OuterToken[],
  items: readonly OutputItem[],
  textOf: (part: readonly OuterToken[]) => string,
): SortKey | undefined {
  const start = part.findIndex(({ lower }) => /^(?:asc|desc|nulls)$/.test(lower));
  const own = start < 0 ? part : part.slice(0, start);
  const direction = start < 0 ? '' : textOf(part.slice(start));
  if (own.length === 0 || own[0]!.lower === 'all') return undefined;
  const text = textOf(own);
  const hasStar = items.some(({ expression }) => /(?:^|\.)\*$/.test(expression));
  const item = /^\d+$/.test(text)
    ? hasStar
      ? undefined
      : items[Number(text) - 1]
    : own.length === 1
      ? items.find(({ name }) => name === plainName(text).toLowerCase())
      : items.find(({ expression }) => expression === text);
  if (/^\d+$/.test(text) && !item) return undefined;
  return { expression: item?.expression ?? text, direction, label: item?.label ?? text };
}
