/**
 * How deep the syntax tree of a SQL text can be at most, told from its text alone.
 *
 * The parser (Postgres' own, as WASM) recurses over the tree. A tree some 7,000 deep, which fits into 20,000 characters
 * (`1+1+1+…`), overflows the JavaScript stack inside it; the module is then left damaged, and after some 30 such texts every
 * further parse of the process fails. So texts that may nest deeper than `MAX_NESTING` are refused before they are parsed.
 */
export const MAX_NESTING = 500;

/** Words that can put one node over another without brackets. */
const NESTING_WORDS = new Set(
  'at between collate ilike in is isnull like not notnull overlaps select similar'.split(' '),
);
/** Words that chain what commas do not part. */
const CHAINING_WORDS = new Set('except intersect join union'.split(' '));
/** Words after which a sibling begins. */
const PARTING_WORDS = new Set('and else or then when'.split(' '));

const TOKEN =
  /\s+|--[^\n\r]*|\/\*|[eE]'(?:[^'\\]|\\[\s\S]|'')*'?|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d+|[\s\S]/g;

interface Level {
  /** Whether `CASE` opened it; else a bracket, or the whole text. */
  isCase: boolean;
  /** Chained operators that hold over the whole level. */
  chain: number;
  /** Deepest of the siblings that have ended. */
  deepest: number;
  /** Operators in the present sibling, and the deepest bracket in it. */
  run: number;
  inner: number;
}

const newLevel = (isCase = false): Level => ({ isCase, chain: 0, deepest: 0, run: 0, inner: 0 });
const endSibling = (level: Level): void => {
  level.deepest = Math.max(level.deepest, level.run + level.inner);
  level.run = 0;
  level.inner = 0;
};

/** Index after the comment that begins at `start`; comments nest in Postgres. */
const endOfComment = (sql: string, start: number): number => {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let open = 0;
  for (let match = mark.exec(sql); match; match = mark.exec(sql)) {
    open += match[0] === '/*' ? 1 : -1;
    if (open === 0) return mark.lastIndex;
  }
  return sql.length;
};

/**
 * A bound of the depth of the syntax tree in expressions and queries that contain each other; the tree has at most a handful
 * of nodes for each. Text that is not SQL has some number, too. Takes time linear in the text.
 */
export const nestingBound = (sql: string): number => {
  const levels = [newLevel()];
  const closeLevel = (): void => {
    const level = levels.pop()!;
    endSibling(level);
    if (levels.length === 0) levels.push(newLevel());
    const outer = levels.at(-1)!;
    outer.inner = Math.max(outer.inner, level.chain + level.deepest + 1);
  };
  const closeBracket = (): void => {
    while (levels.at(-1)!.isCase) closeLevel();
    closeLevel();
  };
  const token = new RegExp(TOKEN);
  let previous = '';
  for (let match = token.exec(sql); match; match = token.exec(sql)) {
    const text = match[0];
    const level = levels.at(-1)!;
    const first = text[0]!;
    if (text === '/*') token.lastIndex = endOfComment(sql, match.index);
    else if (first === '$' && text.length > 1) {
      const end = sql.indexOf(text, token.lastIndex);
      token.lastIndex = end < 0 ? sql.length : end + text.length;
    } else if (first === '(' || first === '[') levels.push(newLevel());
    else if (first === ')' || first === ']') closeBracket();
    else if (first === ',' || first === ';') endSibling(level);
    else if (/^[A-Za-z_]/.test(text) && !text.endsWith("'") && previous !== '.') {
      const word = text.toLowerCase();
      if (word === 'case') levels.push(newLevel(true));
      else if (word === 'end') {
        if (level.isCase) closeLevel();
      } else if (PARTING_WORDS.has(word)) endSibling(level);
      else if (CHAINING_WORDS.has(word)) level.chain += 1;
      else if (NESTING_WORDS.has(word)) level.run += 1;
    } else if (/^[~!@#^&|`?+\-*/%<>=:]$/.test(text)) level.run += 1;
    if (!/^(?:\s|--|\/\*)/.test(text)) previous = text;
  }
  while (levels.length > 1) closeLevel();
  const root = levels[0]!;
  endSibling(root);
  return root.chain + root.deepest;
};
