import type { ForeignKey } from '../../contracts/schema-registry.js';
import { singular, splitIdentifier } from '../built-in-model/words.js';
import { findCompositeCandidates } from './find-composite-candidates.js';
import type { JoinCandidate, JoinColumn, JoinTable } from './join-candidate.js';
import { isKeyWord, keyFamily } from './key-words.js';
import { isPeopleTable, isRole } from './role-names.js';

interface Key {
  table: JoinTable;
  column: JoinColumn;
  /** Words of the table's name, singular; without those that most tables of its schema begin with. */
  words: string[];
  /** Words of the column's name, without the same. */
  ownWords: string[];
  /** Of a declared key in one word, what follows the letters that all tables of the schema begin with: `custid` of sbcustid. */
  gluedTail: string | undefined;
  isDeclared: boolean;
}

/** Scores of the ways in which names agree; those below THRESHOLD of score-joins.ts need the data to agree as well. */
const SCORES = {
  /** `orders.customer_id` and the key of `customers`. */
  tableName: 0.85,
  /** The same, with words before it: `orders.billing_address_id` and `addresses`. */
  tableNameEnd: 0.75,
  /** `sales.cust_id` and `customers.cust_id`: one name on both sides, of the key of one table. */
  sameName: 0.8,
  /** The same where the key is not declared: `aid` of author, `state_name` of state. */
  sameUndeclaredName: 0.65,
  /** `orders.customer`, of the key's type. */
  bareName: 0.6,
  /** `orders.channel_id` and `sales_channels`. Weak. */
  tableTail: 0.6,
  /** `orders.account_manager_id` and `employees`, where no table is named as the role. Weak. */
  role: 0.6,
} as const;

/** What is left of a score where the key is in another schema; one that nobody declared is then worth showing only where the data agrees. */
const DISTANCES = { declared: 0.9, guessed: 0.7 } as const;

/** Columns of one name in so many tables say nothing (`tenant_id`, `created_by_id` excepted by having a table of their own). */
const MAX_TARGETS = 3;

/**
 * Pairs of a column and a key of another table whose names and types say that one points to the other. Columns that a declared key
 * uses are left out. Tables of the same schema come before others; where several fit equally, none is taken.
 */
export const findJoinCandidates = (
  tables: readonly JoinTable[],
  declared: readonly ForeignKey[],
): JoinCandidate[] => [...findJoinCandidatesByTable(tables, declared)].flat();

/** The same, table by table, for whoever must do other things in between: thousands of tables take seconds. */
export function* findJoinCandidatesByTable(
  tables: readonly JoinTable[],
  declared: readonly ForeignKey[],
): Generator<JoinCandidate[]> {
  const prefixes = prefixesBySchema(tables);
  const letters = lettersBySchema(tables);
  const keys = tables.flatMap((table) =>
    keysOf(table, prefixes.get(table.schemaName) ?? new Set(), letters.get(table.schemaName) ?? ''),
  );
  const byLastWord = groupBy(keys, (key) => key.words.at(-1) ?? '');
  const byOwnWord = groupBy(keys, (key) => targetWord(key.ownWords));
  const gluedBySchema = groupBy(
    keys.filter(({ gluedTail }) => gluedTail !== undefined),
    ({ table }) => table.schemaName,
  );
  const ofPeople = keys.filter(({ isDeclared, words }) => isDeclared && isPeopleTable(words));
  const byColumnName = groupBy(keys, (key) => key.column.name.toLowerCase());
  const used = new Set(
    declared.flatMap((key) => key.fromColumns.map((name) => JSON.stringify([key.fromTable, name]))),
  );
  // Few names come in many tables.
  const wordsByName = new Map<string, string[]>();
  for (const table of tables) {
    const found: JoinCandidate[] = [];
    const own = wordsOf(table.tableName, prefixes.get(table.schemaName) ?? new Set());
    for (const column of table.columns) {
      if (keyFamily(column.dataType) === undefined) continue;
      if (used.has(JSON.stringify([table.canonicalTableName, column.name]))) continue;
      const words = wordsByName.get(column.name) ?? splitIdentifier(column.name).map(singular);
      wordsByName.set(column.name, words);
      const reached = [
        ...(byLastWord.get(targetWord(words)) ?? []),
        ...(byOwnWord.get(targetWord(words)) ?? []),
        ...(byColumnName.get(column.name.toLowerCase()) ?? []),
        ...(gluedBySchema.get(table.schemaName) ?? []).filter(({ gluedTail }) =>
          column.name.toLowerCase().endsWith(gluedTail!),
        ),
      ];
      const scored = [...new Set(reached)]
        .filter((key) => key.table !== table && keyFamily(key.column.dataType) === keyFamily(column.dataType))
        .map((key) => ({ key, ...scoreNames(column, words, own, key) }))
        .filter(({ score }) => score > 0);
      const isNamed = scored.length > 0;
      found.push(...pickBest(table, column, isNamed ? scored : scoreRole(table, column, words, ofPeople)));
    }
    yield found;
  }
  yield findCompositeCandidates(tables, declared);
}

/** The people that a column named after a role may point to. */
function scoreRole(
  table: JoinTable,
  column: JoinColumn,
  words: readonly string[],
  ofPeople: readonly Key[],
): Scored[] {
  if (column.isPrimaryKey || !isRole(withoutKeyWord(words))) return [];
  return ofPeople
    .filter((key) => key.table !== table && keyFamily(key.column.dataType) === keyFamily(column.dataType))
    .map((key) => ({
      key,
      score: SCORES.role,
      evidence: `${column.name} is a role, ${key.table.tableName} are people`,
      isWeak: true,
    }));
}

const withoutKeyWord = (words: readonly string[]): readonly string[] =>
  words.length > 1 && isKeyWord(words.at(-1)!) ? words.slice(0, -1) : words;

interface Scored {
  key: Key;
  score: number;
  evidence: string;
  isWeak?: boolean;
}

function scoreNames(
  column: JoinColumn,
  words: readonly string[],
  ownWords: readonly string[],
  key: Key,
): Omit<Scored, 'key'> {
  const keyName = `${key.table.tableName}.${key.column.name}`;
  const rest = withoutKeyWord(words);
  const endsAsKey = rest.length < words.length;
  const isOwnKey = column.isPrimaryKey && rest.join(' ') === ownWords.join(' ');
  if (isOwnKey) return { score: 0, evidence: '' };
  const sameName = column.name.toLowerCase() === key.column.name.toLowerCase();
  const endsAlike = endsWith(rest, key.words);
  if (endsAsKey && endsAlike) {
    // The key itself is `id`, or is named as the column is.
    const fits = sameName || splitIdentifier(key.column.name).length === 1 || endsWith(words, key.ownWords);
    if (!fits) return { score: 0, evidence: '' };
    const isWhole = rest.length === key.words.length;
    return {
      score: isWhole ? SCORES.tableName : SCORES.tableNameEnd,
      evidence: `${column.name} names ${key.table.tableName}`,
    };
  }
  if (sameName && namesItsTable(key)) {
    return {
      score: key.isDeclared ? SCORES.sameName : SCORES.sameUndeclaredName,
      evidence: `named as ${keyName}`,
    };
  }
  if (endsAsKey && key.isDeclared && key.words.length > rest.length && endsWith(key.words, rest)) {
    const fits = sameName || splitIdentifier(key.column.name).length === 1;
    if (fits)
      return {
        score: SCORES.tableTail,
        evidence: `${column.name} names the end of ${key.table.tableName}`,
        isWeak: true,
      };
  }
  // `sb_tx_cust_id` and the key `sb_cust_id` of sb_customer: the key's own words, without the prefix of all tables.
  if (key.isDeclared && key.ownWords.length > 1 && endsWith(words, key.ownWords) && namesItsTable(key))
    return { score: SCORES.tableNameEnd, evidence: `ends as ${keyName}` };
  if (key.gluedTail !== undefined && !sameName && column.name.toLowerCase().endsWith(key.gluedTail))
    return { score: SCORES.tableNameEnd, evidence: `ends as ${keyName}` };
  // A plural is a number of them: `monthly_sales.orders`.
  const isBare = !endsAsKey && words.length === key.words.length && words.at(-1) === lastWordOf(column);
  if (isBare && endsAlike && key.isDeclared && !isText(column))
    return { score: SCORES.bareName, evidence: `${column.name} names ${key.table.tableName}` };
  return { score: 0, evidence: '' };
}

/** The best target of a column; none where several are equally good. */
function pickBest(table: JoinTable, column: JoinColumn, scored: readonly Scored[]): JoinCandidate[] {
  const strong = scored.filter(({ isWeak }) => !isWeak);
  const possible = strong.length > 0 ? strong : scored;
  const near = possible.filter(({ key }) => key.table.schemaName === table.schemaName);
  const candidates = near.length > 0 ? near : possible;
  const best = Math.max(...candidates.map(({ score }) => score));
  const equals = candidates.filter(({ score }) => score === best);
  if (equals.length === 0 || equals.length > MAX_TARGETS) return [];
  // A key that is declared before one that is guessed; then the data decides among the few that are left.
  const declared = equals.filter(({ key }) => key.isDeclared);
  const chosen = declared.length > 0 ? declared : equals;
  const share = chosen.length === 1 ? 1 : 0.8;
  const distance = near.length > 0 ? 1 : declared.length > 0 ? DISTANCES.declared : DISTANCES.guessed;
  return chosen.map(({ key, score, evidence, isWeak }) => ({
    fromTable: table.canonicalTableName,
    fromColumns: [column.name],
    toTable: key.table.canonicalTableName,
    toColumns: [key.column.name],
    nameScore: score * share * distance,
    evidence: [evidence, ...(near.length > 0 ? [] : ['in another schema'])],
    needsUnique: !key.isDeclared,
    ...(isWeak ? { isWeak, needsReach: keyFamily(column.dataType) === 'integer' } : {}),
  }));
}

/** The declared key of one column; else columns that look like one: `id`, `<table>_id`, `aid` of author, `state_name` of state. */
function keysOf(table: JoinTable, prefixes: ReadonlySet<string>, letters: string): Key[] {
  const words = wordsOf(table.tableName, prefixes);
  const primary = table.columns.filter(({ isPrimaryKey }) => isPrimaryKey);
  const of = (column: JoinColumn, isDeclared: boolean): Key[] =>
    keyFamily(column.dataType) === undefined
      ? []
      : [
          {
            table,
            column,
            words,
            ownWords: wordsOf(column.name, prefixes),
            gluedTail: isDeclared ? gluedTailOf(column.name, letters) : undefined,
            isDeclared,
          },
        ];
  if (primary.length === 1) return of(primary[0]!, true);
  if (primary.length > 1) return [];
  const likely = table.columns.filter((column) => {
    const parts = splitIdentifier(column.name).map(singular);
    if (parts.length === 1) return parts[0] === 'id' || isShortKey(parts[0]!, words);
    return (
      (isKeyWord(parts.at(-1)!) || parts.at(-1) === 'name') &&
      parts.slice(0, -1).join(' ') === words.join(' ')
    );
  });
  return likely.slice(0, 1).flatMap((column) => of(column, false));
}

/** A name that says which table it is the key of, so that the same name elsewhere points there: not `id`, `code` or `name` alone. */
function namesItsTable({ column, words, table }: Key): boolean {
  const parts = splitIdentifier(column.name).map(singular);
  if (parts.length === 1) return isShortKey(parts[0]!, words);
  const first = parts[0]!;
  // One word shared with the table is enough: `cust_id` of customers, `sb_ticker_id` of sb_ticker.
  const tableWords = splitIdentifier(table.tableName).map(singular);
  return (
    parts
      .slice(0, -1)
      .some((part) =>
        tableWords.some((word) => word === part || (part.length > 2 && word.startsWith(part))),
      ) || tableWords[0] === first
  );
}

/** `aid` of author, `custid` of customer: the beginning of the table's name and `id`. */
const isShortKey = (word: string, tableWords: readonly string[]): boolean =>
  word !== 'id' &&
  /^[a-z]+id$/.test(word) &&
  tableWords.length === 1 &&
  tableWords[0]!.startsWith(word.slice(0, -2));

/** Words that most tables of a schema begin with (`sb_customer`, `sb_ticker`): they tell nothing apart. */
function prefixesBySchema(tables: readonly JoinTable[]): Map<string, Set<string>> {
  const bySchema = groupBy(tables, ({ schemaName }) => schemaName);
  return new Map(
    [...bySchema].map(([schema, list]) => {
      const counts = new Map<string, number>();
      for (const { tableName } of list) {
        const parts = splitIdentifier(tableName);
        if (parts.length > 1) counts.set(parts[0]!, (counts.get(parts[0]!) ?? 0) + 1);
      }
      const common = [...counts].filter(([, count]) => list.length >= 3 && count > list.length / 2);
      return [schema, new Set(common.map(([word]) => word))];
    }),
  );
}

/** Letters that all table names of a schema begin with, where there are three tables or more. */
function lettersBySchema(tables: readonly JoinTable[]): Map<string, string> {
  const bySchema = groupBy(tables, ({ schemaName }) => schemaName);
  return new Map(
    [...bySchema].map(([schema, list]) => {
      let common = list.length < 3 ? '' : list[0]!.tableName.toLowerCase();
      for (const { tableName } of list)
        while (!tableName.toLowerCase().startsWith(common)) common = common.slice(0, -1);
      return [schema, common];
    }),
  );
}

/** Four letters at least, so that it is not the end of any word. */
function gluedTailOf(columnName: string, letters: string): string | undefined {
  const name = columnName.toLowerCase();
  if (letters.length < 2 || !/^[a-z]+id$/.test(name) || !name.startsWith(letters)) return undefined;
  const tail = name.slice(letters.length);
  return tail.length >= 4 ? tail : undefined;
}

function wordsOf(name: string, prefixes: ReadonlySet<string>): string[] {
  const words = splitIdentifier(name).map(singular);
  return words.length > 1 && prefixes.has(words[0]!) ? words.slice(1) : words;
}

/** The word by which a column's target is looked up: the last one that is no key word. */
const targetWord = (words: readonly string[]): string =>
  words.length > 1 && isKeyWord(words.at(-1)!) ? words.at(-2)! : (words.at(-1) ?? '');

const endsWith = (words: readonly string[], end: readonly string[]): boolean =>
  end.length > 0 &&
  words.length >= end.length &&
  end.every((word, i) => words[words.length - end.length + i] === word);

const lastWordOf = ({ name }: JoinColumn): string => splitIdentifier(name).at(-1) ?? '';

const isText = ({ dataType }: JoinColumn): boolean => keyFamily(dataType) === 'text';

function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}
