import { COMPARISONS, isOperator, isWord, type Statement } from './check-tokens.js';
import type { SqlToken } from './read-tokens.js';

/** A statement reduced to what its names depend on. */
export interface Skeleton {
  sql: string;
  /** The names that stand behind the quoted names `n0`, `n1` … of `sql`. */
  names: string[];
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));

/** Words that shape a query: where it selects, from what, and which query is in which. All are reserved but `end`. */
const SHAPING = words(
  `all and as asc between by case cross desc distinct else end except exists false from group having in inner intersect is
   join left like natural not null on or order outer over partition right select then true union using when where with`,
);
/** Words and operators that are for names what others are. */
const INSTEAD: Readonly<Record<string, string>> = {
  '!': 'NOT',
  '&&': 'AND',
  '||': '+',
  '->': '+',
  '->>': '+',
  '<<': '+',
  '>>': '+',
  '&': '+',
  '|': '+',
  '^': '+',
  '~': '-',
  '<=>': '=',
  '!=': '<>',
  '%': '/',
  distinctrow: 'DISTINCT',
  div: '/',
  mod: '/',
  regexp: 'LIKE',
  rlike: 'LIKE',
  straight_join: 'JOIN',
  xor: 'OR',
};
const CONSTANTS = words(
  'current_date current_time current_timestamp localtime localtimestamp utc_date utc_time utc_timestamp',
);
const UNITS = words(
  `microsecond second minute hour day week month quarter year second_microsecond minute_microsecond minute_second
   hour_microsecond hour_second hour_minute day_microsecond day_second day_minute day_hour year_month`,
);
/** Said right after SELECT; they change nothing that is read. */
const MODIFIERS = words(
  'high_priority sql_big_result sql_buffer_result sql_cache sql_calc_found_rows sql_no_cache sql_small_result',
);
/** Calls whose arguments are written with words besides commas … */
const WORDED = words(
  `avg bit_and bit_or bit_xor cast char convert count extract group_concat json_arrayagg json_objectagg max mid min position
   std stddev stddev_pop stddev_samp substr substring sum trim var_pop var_samp variance weight_string`,
);
/** … the words that part them, at their own level … */
const PARTING = words('for from in limit offset order separator');
/** … and those that do nothing there. */
const DROPPED = words('all asc both by desc distinct leading trailing');
/** Words that a text may follow without being an alias, besides those that shape a query. */
const OPERATING = new Set([
  ...PARTING,
  ...DROPPED,
  'binary',
  'collate',
  'escape',
  'interval',
  'path',
  'against',
]);
const FRAME_BEGINNINGS = ['between', 'current', 'unbounded', 'interval'];

interface Level {
  /** The call whose arguments these are, if its arguments are WORDED, or `json_table`. */
  call: string | undefined;
  /** INTERVALs that wait for their unit. */
  intervals: number;
}

/**
 * Writes a statement that `checkTokens` let pass anew, with only what decides which names mean what: queries, FROM lists, joins,
 * names. Texts and numbers become constants, names quoted names with a number, a call becomes a call of `f` with the same
 * arguments, an operator the plainest of its kind. What is left is the same in every dialect and leaves a parser nothing to
 * interpret, so that none of its gaps (compound intervals, `LIMIT 1, 2`, character sets) refuses or misreads a query.
 */
export const buildSkeleton = (statement: Statement): Skeleton => new SkeletonWriter(statement).write();

class SkeletonWriter {
  readonly #tokens: readonly SqlToken[];
  readonly #partner: ReadonlyMap<number, number>;
  readonly #calls: ReadonlySet<number>;
  readonly #names: string[] = [];
  readonly #out: string[] = [];
  readonly #levels: Level[] = [{ call: undefined, intervals: 0 }];

  constructor({ calls, partner, tokens }: Statement) {
    this.#tokens = tokens;
    this.#partner = partner;
    this.#calls = calls;
  }

  write(): Skeleton {
    for (let i = 0; i < this.#tokens.length; i += 1) i = this.#token(i);
    return { sql: this.#out.join(' '), names: this.#names };
  }

  /** Writes the token at `i`; returns the place of the last one that was taken. */
  #token(i: number): number {
    const token = this.#tokens[i]!;
    const isField = isOperator(this.#tokens[i - 1], '.');
    if (token.kind === 'number') return this.#put('1', i);
    if (token.kind === 'string') return this.#string(i);
    if (token.kind === 'operator') return this.#operator(i);
    if (this.#calls.has(i)) return this.#call(i);
    if (token.kind === 'quoted' || isField) {
      const isWindow = !isField && (isWord(this.#tokens[i - 1], 'over') || this.#isWindow(i));
      return isWindow ? this.#put(`w${hex(token.value)}`, i) : this.#name(token.value, i);
    }
    return this.#level.call === undefined ? this.#word(i) : (this.#argumentWord(i) ?? this.#word(i));
  }

  get #level(): Level {
    return this.#levels.at(-1)!;
  }

  #put(text: string, last: number): number {
    if (text !== '') this.#out.push(text);
    return last;
  }

  #name(value: string, last: number): number {
    this.#names.push(value);
    return this.#put(`\`n${this.#names.length - 1}\``, last);
  }

  #string(i: number): number {
    const [before, token] = [this.#tokens[i - 1], this.#tokens[i]!];
    // Texts side by side are one.
    if (before?.kind === 'string') return i;
    const isAlias = isWord(before, 'as') || (this.#isOperand(i - 1) && !isPrefix(before, token));
    return isAlias ? this.#name(unescaped(token.text), i) : this.#put("'s'", i);
  }

  #operator(i: number): number {
    const { text } = this.#tokens[i]!;
    if (text === '(') {
      const called = this.#calls.has(i - 1) ? this.#tokens[i - 1]!.value.toLowerCase() : '';
      const isWorded = WORDED.has(called) || called === 'json_table';
      this.#levels.push({ call: isWorded ? called : undefined, intervals: 0 });
      this.#put('(', i);
      if (called === 'json_table') this.#put('SELECT', i);
      // `count(*)` has no name in it.
      const isStar = called !== '' && isOperator(this.#tokens[i + 1], '*');
      return isStar ? this.#put('1', i + 1) : i;
    }
    if (text === ')') this.#levels.pop();
    if (text === ',' && this.#level.call === 'json_table') return this.#jsonColumns(i);
    return this.#put(INSTEAD[text] ?? text, i);
  }

  #call(i: number): number {
    const name = this.#tokens[i]!.value.toLowerCase();
    const end = this.#partner.get(i + 1)!;
    // `INTERVAL (n + 1) DAY`
    if (name === 'interval' && this.#tokens[end + 1] && UNITS.has(this.#tokens[end + 1]!.value)) {
      this.#level.intervals += 1;
      return i;
    }
    // The name of the call's schema is no column.
    if (isOperator(this.#tokens[i - 1], '.')) {
      this.#out.splice(this.#out.length - 2, 2);
      this.#names.pop();
    }
    return this.#put(name === 'json_table' ? 'LATERAL' : 'f', i);
  }

  /** The rest of JSON_TABLE after its first argument, as columns of a query; up to before its closing bracket. */
  #jsonColumns(comma: number): number {
    const end = this.#endOfLevel(comma);
    for (let i = comma; i < end; i += 1) {
      const [before, token] = [this.#tokens[i - 1], this.#tokens[i]!];
      const isFirst =
        isOperator(before, ',') || (isOperator(before, '(') && isWord(this.#tokens[i - 2], 'columns'));
      const isColumn = (token.kind === 'word' || token.kind === 'quoted') && !isWord(token, 'nested');
      if (i > comma + 1 && isFirst && isColumn) {
        this.#put(', 1 AS', i);
        this.#name(token.value, i);
      }
    }
    return end - 1;
  }

  /** A word at the level of a call's arguments. Undefined where it is a word like others. */
  #argumentWord(i: number): number | undefined {
    const { call } = this.#level;
    const [before, token, next] = [this.#tokens[i - 1], this.#tokens[i]!, this.#tokens[i + 1]];
    if (call === 'json_table') return undefined;
    // The type of CAST, and the character set of CONVERT and CHAR.
    const isType = isWord(token, 'as', 'using') || (call === 'convert' && isOperator(before, ','));
    if (isType) return this.#put(isOperator(before, ',') ? "'s'" : ", 's'", this.#endOfLevel(i) - 1);
    if (call === 'extract' && UNITS.has(token.value) && isWord(next, 'from')) return this.#put("'s'", i);
    if (PARTING.has(token.value)) return this.#put(this.#out.at(-1) === '(' ? '' : ',', i);
    return DROPPED.has(token.value) ? i : undefined;
  }

  #word(i: number): number {
    const { value } = this.#tokens[i]!;
    const [before, token, next] = [this.#tokens[i - 1], this.#tokens[i]!, this.#tokens[i + 1]];
    if (value === 'interval') {
      this.#level.intervals += 1;
      return i;
    }
    if (UNITS.has(value) && this.#level.intervals > 0 && this.#isOperand(i - 1)) {
      this.#level.intervals -= 1;
      return i;
    }
    if (isOperator(next, ',') && this.#isUnitOfCall(i)) return this.#put("'s'", i);
    if (CONSTANTS.has(value)) return this.#put("'s'", i);
    const dropped = this.#dropped(i);
    if (dropped !== undefined) return dropped;
    if (value === 'limit') return this.#limit(i);
    if (value === 'unknown' && isWord(before, 'is', 'not')) return this.#put('NULL', i);
    if (value === 'against' && isOperator(next, '(')) return this.#put("+ 's'", this.#partner.get(i + 1)!);
    if (value === 'member' && isWord(next, 'of')) return this.#put('IN', i + 1);
    if (isWord(before, 'over') || this.#isWindow(i)) return this.#put(`w${hex(value)}`, i);
    const instead = INSTEAD[value];
    if (instead !== undefined) return this.#put(instead, i);
    return this.#isShaping(i) ? this.#put(value.toUpperCase(), i) : this.#name(token.text, i);
  }

  /** What has no part in the meaning of names; the place of its last token. */
  #dropped(i: number): number | undefined {
    const { value } = this.#tokens[i]!;
    const [before, token, next] = [this.#tokens[i - 1], this.#tokens[i]!, this.#tokens[i + 1]];
    if (
      MODIFIERS.has(value) &&
      (isWord(before, 'select', 'distinct', 'all') || MODIFIERS.has(before?.value ?? ''))
    )
      return i;
    if (value === 'straight_join' && isWord(before, 'select', 'distinct')) return i;
    if (value === 'collate' || (value === 'escape' && next?.kind === 'string')) return i + 1;
    if (value === 'binary' || value === 'row' || isPrefix(token, next)) return i;
    if (value === 'sounds' && isWord(next, 'like')) return i;
    if (value === 'with' && isWord(next, 'rollup')) return i + 1;
    if (isWord(token, 'use', 'force', 'ignore') && isWord(next, 'index', 'key'))
      return this.#afterNextBracket(i);
    if (value === 'partition' && isOperator(next, '(') && this.#isOperand(i - 1))
      return this.#afterNextBracket(i);
    const isFrame = isWord(next, ...FRAME_BEGINNINGS) || next?.kind === 'number';
    return isWord(token, 'rows', 'range', 'groups') && isFrame ? this.#endOfLevel(i) - 1 : undefined;
  }

  #isShaping(i: number): boolean {
    const { value } = this.#tokens[i]!;
    const [before, token, next] = [this.#tokens[i - 1], this.#tokens[i]!, this.#tokens[i + 1]];
    if (value === 'recursive') return isWord(before, 'with');
    if (value === 'lateral') return isOperator(next, '(');
    if (value === 'window') return this.#isNamedBracket(i + 1);
    if (isWord(token, 'any', 'some')) return COMPARISONS.has(before?.text ?? '');
    return SHAPING.has(value);
  }

  /** `name AS (` */
  #isNamedBracket(i: number): boolean {
    return isWord(this.#tokens[i + 1], 'as') && isOperator(this.#tokens[i + 2], '(');
  }

  /** A name that the WINDOW clause gives; those after the first come after the bracket of the one before. */
  #isWindow(i: number): boolean {
    if (!this.#isNamedBracket(i)) return false;
    let at = i;
    while (isOperator(this.#tokens[at - 1], ',') && isOperator(this.#tokens[at - 2], ')'))
      at = this.#partner.get(at - 2)! - 2;
    return isWord(this.#tokens[at - 1], 'window');
  }

  /** `LIMIT 1, 2` and `LIMIT 2 OFFSET 1`, of numbers only. */
  #limit(i: number): number {
    let last = i;
    const isPart = (token: SqlToken | undefined): boolean =>
      token?.kind === 'number' || isOperator(token, ',') || isWord(token, 'offset');
    while (isPart(this.#tokens[last + 1])) last += 1;
    return this.#put('LIMIT 1', last);
  }

  /** The first argument of `timestampdiff(MONTH, …)` and its like. */
  #isUnitOfCall(i: number): boolean {
    return (
      isOperator(this.#tokens[i - 1], '(') &&
      isWord(this.#tokens[i - 2], 'timestampdiff', 'timestampadd', 'get_format')
    );
  }

  #isOperand(i: number): boolean {
    const token = this.#tokens[i];
    if (!token || this.#calls.has(i)) return false;
    if (token.kind === 'operator') return token.text === ')';
    if (token.kind !== 'word' || isOperator(this.#tokens[i - 1], '.')) return true;
    if (token.value === 'end' || token.value === 'null' || token.value === 'true' || token.value === 'false')
      return true;
    return !SHAPING.has(token.value) && !OPERATING.has(token.value) && INSTEAD[token.value] === undefined;
  }

  /** The place of the bracket that closes the level of `i`. */
  #endOfLevel(i: number): number {
    let at = i;
    while (at < this.#tokens.length && !isOperator(this.#tokens[at], ')'))
      at = isOperator(this.#tokens[at], '(') ? this.#partner.get(at)! + 1 : at + 1;
    return at;
  }

  #afterNextBracket(i: number): number {
    let at = i;
    while (at < this.#tokens.length - 1 && !isOperator(this.#tokens[at], '(')) at += 1;
    return this.#partner.get(at) ?? at;
  }
}

/** `_utf8mb4'…'`, `DATE '…'`: what says how to read the text that follows. */
const isPrefix = (token: SqlToken | undefined, next: SqlToken | undefined): boolean =>
  next?.kind === 'string' &&
  token?.kind === 'word' &&
  (token.value.startsWith('_') || isWord(token, 'date', 'time', 'timestamp'));

/** Names of windows are of no concern, but parsers take them without quotes only. */
const hex = (text: string): string =>
  Array.from(text, (character) => character.codePointAt(0)!.toString(16)).join('');

/** What a text in single quotes says, as far as an alias needs it. */
const unescaped = (text: string): string =>
  text
    .slice(1, -1)
    .replaceAll("''", "'")
    .replace(/\\([\s\S])/g, '$1');
