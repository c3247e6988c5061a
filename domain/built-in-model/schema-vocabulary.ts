import type { ForeignKey, RegistryTable, SchemaContext } from '../../contracts/schema-registry.js';
import { impliedLinks } from './implied-links.js';
import { isShortFor } from './near-words.js';
import { foreignPrefix, segmentName } from './segment-name.js';
import { sharedColumnLinks } from './shared-columns.js';
import type { ColumnInfo, Link, NameWord, TableInfo, ValueKind, Vocabulary } from './vocabulary.js';
import { rootOf, splitIdentifier, toConcept } from './words.js';

const toNameWord = (word: string): NameWord => ({ concept: toConcept(word), root: rootOf(word) });

export function kindOfType(dataType: string): ValueKind {
  const type = dataType.toLowerCase();
  if (type.endsWith('[]')) return 'other';
  // MySQL's way to say boolean.
  if (/^tinyint\(1\)/.test(type)) return 'boolean';
  if (
    /^(tinyint|smallint|mediumint|integer|bigint|int\d?|year|numeric|decimal|real|double|money|float)/.test(
      type,
    )
  )
    return 'number';
  if (/^(date|timestamp)/.test(type)) return 'date';
  if (/^bool/.test(type)) return 'boolean';
  if (/^(text|character|varchar|char|citext|bpchar|"char"|name|uuid)/.test(type)) return 'text';
  const opaque =
    /^(json|bytea|\w*blob|binary|varbinary|geometry|multi|xml|interval|time|inet|cidr|macaddr|bit|tsvector|tsquery|point|line|box|path|polygon|circle|vector|halfvec|geo|hstore|\w*range|oid|pg_)/;
  // What is left is the name of an enumeration or domain; only known values are compared with those.
  return opaque.test(type) ? 'other' : 'text';
}

/** Leading words that all lists share, leaving at least one word in each. */
function sharedPrefix(lists: string[][]): number {
  if (lists.length < 3) return 0;
  let shared = 0;
  while (lists.every((list) => list.length > shared + 1 && list[shared] === lists[0]![shared])) shared++;
  return shared;
}

const LABEL_ENDINGS = new Set(['name', 'title', 'label']);
const CODE_ENDINGS = new Set(['code', 'symbol', 'number', 'sku']);

function findLabels(table: TableInfo): ColumnInfo[] {
  const texts = table.columns.filter(
    (c) => c.kind === 'text' && !(c.isKey && c.words.at(-1)?.concept === 'id'),
  );
  const own = new Set([...table.words, ...table.aliasWords].map((w) => w.concept));
  // `prop_name` of properties
  const isOwnWord = (word: string) => own.has(word) || [...own].some((whole) => isShortFor(word, whole));
  const isOwn = (column: ColumnInfo, endings: Set<string>) =>
    endings.has(column.words.at(-1)!.concept) &&
    column.words
      .slice(0, -1)
      .every(({ concept }) => isOwnWord(concept) || concept === 'full' || concept === 'display');
  const exact = texts.filter((c) => isOwn(c, LABEL_ENDINGS));
  if (exact.length > 0) return [exact[0]!];
  const named = (...words: string[]) =>
    texts.find((c) => c.words.map((w) => w.concept).join(' ') === words.join(' '));
  const first = named('first', 'name') ?? named('given', 'name');
  const last = named('last', 'name') ?? named('family', 'name') ?? named('surname');
  if (first && last) return [first, last];
  // A column named as its table: keyword.keyword.
  const self = texts.find((c) => c.words.length === 1 && own.has(c.words[0]!.concept));
  if (self) return [self];
  const account = named('username') ?? named('user', 'name') ?? named('nickname');
  if (account) return [account];
  const coded = texts.filter((c) => isOwn(c, CODE_ENDINGS));
  return coded.length > 0 ? [coded[0]!] : [];
}

interface SplitNames {
  words: string[][];
  /** Words, or letters, that all names begin with. */
  prefix: string[];
}

/** Splits names that belong together; run-together lower-case names are cut by the dictionary. */
function splitNames(names: readonly string[], drop: string, further: ReadonlySet<string>): SplitNames {
  const letters = foreignPrefix(names, further, drop);
  if (letters !== '') {
    const own = letters.startsWith(drop) ? letters.slice(drop.length) : letters;
    return {
      words: names.map((name) => splitName(name.slice(letters.length), further)),
      prefix: own === '' ? [] : [own],
    };
  }
  const words = names.map((name) => splitName(name, further));
  const shared = sharedPrefix(words);
  return {
    words: words.map((list) => list.slice(shared)),
    prefix: (words[0] ?? []).slice(0, shared).filter((w) => w !== drop),
  };
}

const splitName = (name: string, further: ReadonlySet<string>): string[] =>
  splitIdentifier(name).flatMap((word) => {
    if (word.length <= 5 || further.has(word)) return [word];
    return segmentName(word, further) ?? [word];
  });

function toTableInfo(
  source: RegistryTable,
  rank: number,
  tableWords: string[],
  drop: string,
  further: ReadonlySet<string>,
): TableInfo {
  const split = splitNames(
    source.columns.map((column) => column.name),
    drop,
    further,
  );
  const words = tableWords.map(toNameWord);
  const aliasWords = split.prefix.map(toNameWord);
  const table: TableInfo = { source, rank, words, aliasWords, columns: [], primaryKey: [], labels: [] };
  table.columns = source.columns.map((column, i) => {
    const columnWords = split.words[i]!.map((word, at, all) =>
      toNameWord(word === 'no' && at > 0 && at === all.length - 1 ? 'number' : word),
    );
    const type = column.dataType.toLowerCase();
    const last = columnWords.at(-1)?.concept;
    return {
      table,
      source: column,
      words: columnWords.length > 0 ? columnWords : [toNameWord(column.name)],
      kind: kindOfType(type),
      isZoned:
        (type.includes('with time zone') && type.startsWith('timestamp')) || type.startsWith('timestamptz'),
      isDay: type.startsWith('date') && !type.startsWith('datetime'),
      isKey: column.isPrimaryKey || last === 'id' || last === 'uuid' || last === 'key',
      refersTo: null,
    };
  });
  table.primaryKey = table.columns.filter((column) => column.source.isPrimaryKey);
  table.labels = findLabels(table);
  return table;
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1).replace(/^"|"$/g, '');

function resolveLink(key: ForeignKey, byName: Map<string, TableInfo>): Link | null {
  const from = byName.get(key.fromTable);
  const to = byName.get(key.toTable);
  if (!from || !to) return null;
  const find = (table: TableInfo, name: string) =>
    table.columns.find((c) => c.source.name === name || c.source.canonicalColumnName === name) ??
    table.columns.find((c) => c.source.name === lastPart(name));
  const fromColumns = key.fromColumns.map((name) => find(from, name));
  const toColumns = key.toColumns.map((name) => find(to, name));
  if (fromColumns.length === 0 || fromColumns.length !== toColumns.length) return null;
  if (![...fromColumns, ...toColumns].every((column) => column !== undefined)) return null;
  return {
    from,
    fromColumns: fromColumns as ColumnInfo[],
    to,
    toColumns: toColumns as ColumnInfo[],
    implied: false,
    ...(key.isInferred ? { isInferred: true } : {}),
  };
}

/** Words of a question or of tables by which names run together are cut: those of four letters or more, in the singular too. */
const cuttingWords = (words: readonly string[]): string[] =>
  words.flatMap((word) => [word.toLowerCase(), toConcept(word)]).filter((word) => /^[a-z]{4,}$/.test(word));

/**
 * Prepares the tables of a context for comparison with a question's words.
 * @param questionWords help to cut names whose words nothing divides (`paperkeyphrase`)
 */
export function buildVocabulary(context: SchemaContext, questionWords: readonly string[] = []): Vocabulary {
  const names = splitNames(
    context.tables.map((table) => table.tableName),
    '',
    new Set(cuttingWords(questionWords)),
  );
  const further = new Set(cuttingWords([...questionWords, ...names.words.flat()]));
  const drop = names.prefix.join('');
  const tables = context.tables.map((table, rank) =>
    toTableInfo(table, rank, names.words[rank]!, drop, further),
  );
  const byName = new Map(tables.map((table) => [table.source.canonicalTableName, table]));
  const links = context.foreignKeys.map((key) => resolveLink(key, byName)).filter((link) => link !== null);
  for (const { fromColumns, to } of links) {
    for (const column of fromColumns) column.isKey = true;
    if (fromColumns.length === 1) fromColumns[0]!.refersTo = to;
  }
  // What a key refers to has one row for each value.
  for (const { to, toColumns } of links) if (to.primaryKey.length === 0) to.primaryKey = [...toColumns];
  const named = [...links, ...impliedLinks(tables, links)];
  return { tables, links: [...named, ...sharedColumnLinks(tables, named)] };
}
