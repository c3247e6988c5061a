import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { nearestNames } from '../nearest-names.js';
import { MAX_UNKNOWN_NAMES, type UnknownName } from '../verdict.js';
import { ALLOWED_MYSQL_FUNCTIONS, FORBIDDEN_VALUE_WORDS } from './allowed-functions.js';
import { type SqlToken, syntaxErrorAt } from './read-tokens.js';

/**
 * Words with which MySQL or MariaDB write, lock, store or run, and which both reserve, so that nothing else can have them as its
 * name. As calls (`insert(…)`, `replace(…)`) and after a dot they are something else.
 */
const WRITING_WORDS = new Set(
  `alter analyze call create declare delete describe drop dumpfile explain grant infile insert into kill load lock optimize
   outfile procedure purge release rename replace resignal restrict revoke set signal table undo unlock update use`.split(
    /\s+/,
  ),
);
const BEGINNINGS = new Set(['select', 'with', '(']);

/** Reserved words before a bracket that do not call anything. */
const BRACKET_WORDS = new Set(
  `all and as between by case cross distinct distinctrow div else except exists from having in inner intersect is join like
   limit natural not on or order over partition regexp rlike row select straight_join then union using values when where with
   xor`.split(/\s+/),
);
export const COMPARISONS: ReadonlySet<string> = new Set(['=', '<', '>', '<=', '>=', '<>', '!=', '<=>']);

export const isOperator = (token: SqlToken | undefined, text: string): boolean =>
  token?.kind === 'operator' && token.text === text;
export const isWord = (token: SqlToken | undefined, ...words: string[]): boolean =>
  token?.kind === 'word' && words.includes(token.value);

/** The tokens of one statement, with the place of each bracket's other half. */
export interface Statement {
  tokens: readonly SqlToken[];
  /** By the place of a bracket; both ways. */
  partner: ReadonlyMap<number, number>;
  /** Places of names that are called, in the order of the text. */
  calls: ReadonlySet<number>;
}

/** Cuts off semicolons before and after. @throws QuaestorError `sql_not_single_statement` */
export const onlyStatement = (tokens: readonly SqlToken[]): SqlToken[] => {
  const statements: SqlToken[][] = [[]];
  for (const token of tokens) {
    if (isOperator(token, ';')) statements.push([]);
    else statements.at(-1)!.push(token);
  }
  const full = statements.filter((statement) => statement.length > 0);
  if (full.length !== 1)
    throw new QuaestorError(
      'sql_not_single_statement',
      full.length === 0 ? 'There is no SQL statement.' : `There are ${full.length} SQL statements.`,
    );
  return full[0]!;
};

const pairBrackets = (sql: string, tokens: readonly SqlToken[]): Map<number, number> => {
  const partner = new Map<number, number>();
  const open: number[] = [];
  for (const [i, token] of tokens.entries()) {
    if (isOperator(token, '(')) open.push(i);
    if (!isOperator(token, ')')) continue;
    const start = open.pop();
    if (start === undefined)
      throw syntaxErrorAt(sql, token.start, 'The SQL closes a bracket that is not open.');
    partner.set(start, i).set(i, start);
  }
  const left = open.pop();
  if (left !== undefined)
    throw syntaxErrorAt(sql, tokens[left]!.start, 'The SQL has a bracket that is not closed.');
  return partner;
};

/** Whether the name at `i`, before a bracket, is called: not the head of a WITH query, and not an alias with names of columns. */
const isCall = (tokens: readonly SqlToken[], i: number, partner: ReadonlyMap<number, number>): boolean => {
  const token = tokens[i]!;
  const before = tokens[i - 1];
  const isQualified = isOperator(before, '.');
  if (token.kind === 'word' && !isQualified && BRACKET_WORDS.has(token.value)) return false;
  // Words that are reserved in one of the two only, or in none: what they mean is told by what is beside them.
  if (isWord(token, 'any', 'some') && before && COMPARISONS.has(before.text)) return false;
  if (isWord(token, 'lateral') && isWord(tokens[i + 2], 'select', 'with')) return false;
  if (isWord(token, 'columns') && before?.kind === 'string') return false;
  const end = partner.get(i + 1)!;
  if (isWord(tokens[end + 1], 'as') && isOperator(tokens[end + 2], '(')) return false;
  if (isWord(before, 'as') || isOperator(before, ')')) return false;
  return !isIndexHint(tokens, i);
};

const isIndexHint = (tokens: readonly SqlToken[], i: number): boolean =>
  isWord(tokens[i], 'index', 'key') && isWord(tokens[i - 1], 'use', 'force', 'ignore');

/** `schema.name` of a call as it is written. */
const calledName = (tokens: readonly SqlToken[], i: number): string => {
  let name = tokens[i]!.value;
  for (let at = i; isOperator(tokens[at - 1], '.') && tokens[at - 2]; at -= 2)
    name = `${tokens[at - 2]!.value}.${name}`;
  return name;
};

const notAllowed = (names: readonly string[], extra: Iterable<string>): QuaestorError => {
  const told = names.slice(0, MAX_UNKNOWN_NAMES);
  const known = [...ALLOWED_MYSQL_FUNCTIONS, ...extra];
  const unknown: UnknownName[] = told.map((name) => ({
    kind: 'function',
    name,
    suggestions: nearestNames(name.split('.').at(-1)!, known, (candidate) => candidate),
  }));
  return new QuaestorError('sql_unknown_function', `Not allowed in a query: ${told.join(', ')}.`, {
    details: { unknown },
  });
};

/**
 * Proves by its words alone that a statement only reads: it begins as a query, has none of the words with which MySQL or MariaDB
 * write, lock or store (they are reserved, so that nothing else can have these names), and calls allowed functions only. This
 * does not depend on any parser's idea of the grammar.
 * @param extraFunctions as they are called, in lower case
 * @throws QuaestorError `sql_not_read_only`, `sql_unknown_function` with `details.unknown`, or `sql_syntax_error`
 */
export const checkTokens = (
  sql: string,
  tokens: readonly SqlToken[],
  extraFunctions: ReadonlySet<string>,
): Statement => {
  const first = tokens[0]!;
  if (!BEGINNINGS.has(first.value))
    throw new QuaestorError(
      'sql_not_read_only',
      `The SQL is a statement ${first.kind === 'word' ? first.value.toUpperCase() : ''} and not a SELECT.`,
    );
  const partner = pairBrackets(sql, tokens);
  const calls = new Set<number>();
  const forbidden = new Set<string>();
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== 'word' && token.kind !== 'quoted') continue;
    const isBeforeBracket = isOperator(tokens[i + 1], '(');
    if (isBeforeBracket && isCall(tokens, i, partner)) {
      calls.add(i);
      const name = calledName(tokens, i);
      const isAllowed =
        extraFunctions.has(name.toLowerCase()) || ALLOWED_MYSQL_FUNCTIONS.has(name.toLowerCase());
      if (!isAllowed) forbidden.add(name);
    } else if (token.kind === 'word' && !isOperator(tokens[i - 1], '.')) checkWord(tokens, i, forbidden);
  }
  if (forbidden.size > 0) throw notAllowed([...forbidden], extraFunctions);
  return { tokens, partner, calls };
};

const checkWord = (tokens: readonly SqlToken[], i: number, forbidden: Set<string>): void => {
  const { value } = tokens[i]!;
  const [before, next, second] = [tokens[i - 1], tokens[i + 1], tokens[i + 2]];
  const refuse = (what: string): never => {
    throw new QuaestorError('sql_not_read_only', `The SQL has ${what}, which no query that only reads has.`);
  };
  if (FORBIDDEN_VALUE_WORDS.has(value)) forbidden.add(value);
  if (value === 'set' && isWord(before, 'character', 'char')) return;
  if (value === 'use' && isWord(next, 'index', 'key')) return;
  if (value === 'lock' && isWord(next, 'in')) refuse('LOCK IN SHARE MODE');
  if (value === 'for' && isWord(next, 'update', 'share')) refuse(`FOR ${next!.value.toUpperCase()}`);
  if (isWord(next, 'value') && isWord(second, 'for') && (value === 'next' || value === 'previous'))
    refuse(`${value.toUpperCase()} VALUE FOR`);
  // `SELECT … PROCEDURE analyse()`; `DELETE … RETURNING` and the like cannot begin here.
  if (value === 'returning') refuse('RETURNING');
  if (value === 'lines' && isWord(next, 'terminated', 'starting')) refuse('LINES');
  if (WRITING_WORDS.has(value)) refuse(value.toUpperCase());
};
