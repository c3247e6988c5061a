import { QuaestorError } from '../../../contracts/quaestor-error.js';

/** A piece of a MySQL text. What stands between two pieces is space and comments. */
export interface SqlToken {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'operator';
  /** As it is run: what was written, but for texts in double quotes, which have single ones. */
  text: string;
  /** A name without its quotes, a word in lower case, an operator; empty for texts and numbers. */
  value: string;
  /** In UTF-16 code units. */
  start: number;
  end: number;
}

const SPACE = /[ \t\n\v\f\r]+/y;
/** `--` begins a comment only before a space or the end; before another control character, which no token begins with, too. */
const LINE_COMMENT = /(?:#|--(?=[ \t\n\v\f\r]|$))[^\n]*/y;
const BLOCK_COMMENT = /\/\*[\s\S]*?\*\//y;
const STRING = /(?:[xXbBnN]?'(?:[^'\\]|\\[\s\S]|'')*')|"(?:[^"\\]|\\[\s\S]|"")*"/y;
const QUOTED = /`(?:[^`]|``)+`/y;
const NUMBER = /0x[0-9a-fA-F]+|0b[01]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
const OPERATOR = /<=>|->>|->|<<|>>|<>|!=|<=|>=|&&|\|\||[()+\-*/%=<>!~^&|,.;]/y;
const IN_NAME = /[\w$\u0080-\uffff]/;

const match = (pattern: RegExp, sql: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
};

/** Where in the text, for people: counted in characters from 1, as the refusals of the Postgres guard do. */
export const placeInText = (sql: string, index: number): Record<string, unknown> => {
  const before = Array.from(sql.slice(0, index));
  return {
    position: before.length + 1,
    line: before.filter((character) => character === '\n').length + 1,
    column: before.length - before.lastIndexOf('\n'),
    near: sql.slice(index, index + 40),
  };
};

export const syntaxErrorAt = (sql: string, index: number, message: string): QuaestorError =>
  new QuaestorError('sql_syntax_error', message, { details: placeInText(sql, index) });

/**
 * Cuts a text into pieces as MySQL and MariaDB do with the `sql_mode` of our sessions: `"x"` is a text, a backslash escapes.
 * Whatever two readers could read in two ways is refused rather than guessed: comments that MySQL executes, variables,
 * parameters, `{d '…'}`, `\N`, and names that begin with a digit without quotes.
 * @throws QuaestorError `sql_syntax_error`, or `sql_not_read_only` for executable comments and variables
 */
export const readTokens = (sql: string): SqlToken[] => {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < sql.length) {
    const space = match(SPACE, sql, at) ?? match(LINE_COMMENT, sql, at) ?? readComment(sql, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = readToken(sql, at, tokens.at(-1));
    tokens.push(token);
    at = token.end;
  }
  return tokens;
};

const readComment = (sql: string, at: number): string | undefined => {
  if (!sql.startsWith('/*', at)) return undefined;
  if (/^\/\*(?:!|M!)/i.test(sql.slice(at, at + 4)))
    throw new QuaestorError('sql_not_read_only', 'The SQL has a comment that MySQL would execute.', {
      details: placeInText(sql, at),
    });
  const comment = match(BLOCK_COMMENT, sql, at);
  if (comment === undefined) throw syntaxErrorAt(sql, at, 'The SQL has a comment that does not end.');
  return comment;
};

const readToken = (sql: string, start: number, previous: SqlToken | undefined): SqlToken => {
  const made = (kind: SqlToken['kind'], raw: string, value: string, text = raw): SqlToken => ({
    kind,
    text,
    value,
    start,
    end: start + raw.length,
  });
  const string = match(STRING, sql, start);
  if (string !== undefined)
    return made('string', string, '', string.startsWith('"') ? inSingleQuotes(string) : string);
  const quoted = match(QUOTED, sql, start);
  if (quoted !== undefined) return made('quoted', quoted, quoted.slice(1, -1).replaceAll('``', '`'));
  // `.5` is a number, and `t.5` is not one.
  const isAfterName =
    previous?.end === start &&
    (previous.kind === 'word' || previous.kind === 'quoted' || previous.text === ')');
  const number = isAfterName && sql[start] === '.' ? undefined : match(NUMBER, sql, start);
  if (number !== undefined) {
    if (IN_NAME.test(sql[start + number.length] ?? ' '))
      throw syntaxErrorAt(sql, start, 'The SQL has a name that begins with a digit and is not in backticks.');
    return made('number', number, '');
  }
  const word = match(WORD, sql, start);
  if (word !== undefined) return made('word', word, word.toLowerCase());
  const operator = match(OPERATOR, sql, start);
  if (operator !== undefined) return made('operator', operator, operator);
  if (sql[start] === '@' || sql.startsWith(':=', start))
    throw new QuaestorError('sql_not_read_only', 'Variables of the session are neither read nor set.', {
      details: placeInText(sql, start),
    });
  const open: Record<string, string> = { "'": 'text', '"': 'text', '`': 'name in backticks' };
  const what = open[sql[start]!];
  throw syntaxErrorAt(
    sql,
    start,
    what
      ? `The SQL has a ${what} that does not end.`
      : `The SQL has a character that has no meaning here: ${sql[start]}`,
  );
};

/** `"a""b'c\"d"` is `'a"b''c"d'`; other escapes stay. */
const inSingleQuotes = (string: string): string =>
  `'${string.slice(1, -1).replace(/\\[\s\S]|""|'/g, (part) => (part === '""' || part === '\\"' ? '"' : part === "'" ? "''" : part))}'`;

/**
 * The text to run: the tokens as they were read, with the space between them as it was written and without comments. A name that
 * is called has its bracket right behind it, as MySQL wants it.
 * @param tokens of one statement
 */
export const runnableText = (sql: string, tokens: readonly SqlToken[], calls: ReadonlySet<number>): string =>
  tokens
    .map((token, i) => {
      const before = tokens[i - 1];
      if (!before || calls.has(i - 1)) return token.text;
      return `${spaceBetween(sql.slice(before.end, token.start))}${token.text}`;
    })
    .join('');

const spaceBetween = (between: string): string => {
  if (between === '') return '';
  const isSpace = /^\s+$/.test(between);
  return isSpace ? between : between.includes('\n') ? '\n' : ' ';
};
