import type { MappingContent } from '../../contracts/schema-mapping.js';
import type { RegistryTable, SchemaContext } from '../../contracts/schema-registry.js';
import { splitIdentifier } from '../built-in-model/words.js';
import { finish } from '../finish.js';
import { type PeoplesWords, peoplesWords } from '../mapping/peoples-words.js';
import { groupFamiliesInSteps, type TableFamily } from '../table-families.js';
import { Bm25Index, type FieldWeight, type RankedText } from './bm25.js';
import { learnAbbreviationsInSteps } from './learn-abbreviations.js';
import { toTerms } from './question-terms.js';
import { relateTablesInSteps } from './related-tables.js';

export interface TableIndex {
  words: Bm25Index;
  /** What `words` was made of, for an index with other mappings. */
  texts: readonly RankedText[];
  families: ReadonlyMap<string, TableFamily>;
  /** Family of each table, by canonical name. */
  familyOf: ReadonlyMap<string, string>;
  schemaOf: (familyId: string) => string;
  /** Families of each schema. */
  bySchema: ReadonlyMap<string, readonly string[]>;
  /** Families that a family can be joined to, as keys or names say. */
  related: ReadonlyMap<string, ReadonlySet<string>>;
  /** By family, the same for those of one schema with the same columns. */
  shapeOf: ReadonlyMap<string, number>;
}

/**
 * A table's own name says most, then what people wrote about it; one of many columns says little, and of a column's comment most
 * words are about something else. Each step is a factor of two. Lengths count as usual in BM25 (b = 0.75). What people say on purpose
 * has fields of its own, so that it takes nothing from the names: a synonym of a table counts as its name, one of a column more than
 * the column's name.
 */
const FIELD_WEIGHTS: readonly FieldWeight[] = [
  { weight: 4, lengthShare: 0.75 },
  { weight: 1, lengthShare: 0.75 },
  { weight: 2, lengthShare: 0.75 },
  { weight: 0.5, lengthShare: 0.75 },
  { weight: 0.25, lengthShare: 0.75 },
  { weight: 4, lengthShare: 0 },
  { weight: 1, lengthShare: 0 },
];

/** Families as BM25 sees them, each by its newest member: thirty yearly tables must not make their words common. */
export const createTableIndex = (schema: SchemaContext): TableIndex => finish(indexTablesInSteps(schema));

/** The same in small steps: 3,484 tables with 212,270 columns take a second, for which nothing else should have to wait. */
export function* indexTablesInSteps(schema: SchemaContext): Generator<void, TableIndex> {
  const list = yield* groupFamiliesInSteps(schema.tables);
  const families = new Map(list.map((family) => [family.id, family]));
  const bySchema = new Map<string, string[]>();
  for (const { id, members } of list) {
    const { schemaName } = members[0]!;
    const ids = bySchema.get(schemaName);
    if (ids) ids.push(id);
    else bySchema.set(schemaName, [id]);
  }
  const terms = createTermReader(
    yield* learnAbbreviationsInSteps(list.map(({ members }) => members.at(-1)!)),
  );
  const texts: RankedText[] = [];
  for (const family of list) {
    yield;
    texts.push(toRankedText(family, terms));
  }
  const familyOf = new Map(
    list.flatMap(({ id, members }) => members.map((table) => [table.canonicalTableName, id])),
  );
  const newest = list.map(({ id, members }) => ({ id, table: members.at(-1)! }));
  return {
    words: yield* Bm25Index.inSteps(texts, FIELD_WEIGHTS),
    texts,
    families,
    familyOf,
    schemaOf: (id) => families.get(id)!.members[0]!.schemaName,
    bySchema,
    related: yield* relateTablesInSteps(newest, schema.foreignKeys, familyOf),
    shapeOf: yield* shapesOf(newest),
  };
}

function* shapesOf(
  newest: readonly { id: string; table: RegistryTable }[],
): Generator<void, Map<string, number>> {
  const known = new Map<string, number>();
  const shapes = new Map<string, number>();
  for (const { id, table } of newest) {
    yield;
    const names = table.columns.map(({ name }) => name).sort();
    const shape = JSON.stringify([table.schemaName, ...names]);
    if (!known.has(shape)) known.set(shape, known.size);
    shapes.set(id, known.get(shape)!);
  }
  return shapes;
}

/** The same index with what people say; cheap beside making one. */
export function withMappings(index: TableIndex, entries: readonly MappingContent[]): TableIndex {
  const said = new Map<string, PeoplesWords[]>();
  for (const [table, words] of peoplesWords(entries)) {
    const id = index.familyOf.get(table);
    if (id === undefined) continue;
    const list = said.get(id);
    if (list) list.push(words);
    else said.set(id, [words]);
  }
  if (said.size === 0) return index;
  const terms = (words: readonly PeoplesWords[], field: keyof PeoplesWords) =>
    words.flatMap((one) => one[field].flatMap(toTerms));
  const texts = index.texts.map((text) => {
    const words = said.get(text.id);
    if (!words) return text;
    const [names = [], schema = [], comment = [], columns = [], columnComments = []] = text.fields;
    return {
      id: text.id,
      fields: [
        names,
        schema,
        [...comment, ...terms(words, 'descriptions')],
        columns,
        [...columnComments, ...terms(words, 'columnDescriptions')],
        terms(words, 'names'),
        terms(words, 'columnNames'),
      ],
    };
  });
  return { ...index, texts, words: finish(Bm25Index.inSteps(texts, FIELD_WEIGHTS)) };
}

interface TermReader {
  ofName(name: string): readonly string[];
  ofComment(comment: string | null): readonly string[];
}

/** Reads each different name and comment once: in large schemas most come back in many tables. */
function createTermReader(abbreviations: ReadonlyMap<string, string>): TermReader {
  const names = new Map<string, readonly string[]>();
  const comments = new Map<string, readonly string[]>();
  const remembered = (known: typeof names, text: string, read: () => readonly string[]) => {
    const terms = known.get(text) ?? read();
    known.set(text, terms);
    return terms;
  };
  return {
    ofName: (name) =>
      remembered(names, name, () => [
        ...toTerms(name),
        ...splitIdentifier(name).flatMap((part) => toTerms(abbreviations.get(part) ?? '')),
      ]),
    ofComment: (comment) => (comment ? remembered(comments, comment, () => toTerms(comment)) : []),
  };
}

function toRankedText({ id, members }: TableFamily, terms: TermReader): RankedText {
  const table: RegistryTable = members.at(-1)!;
  const nameTerms = terms.ofName(table.tableName);
  return {
    id,
    fields: [
      members.length === 1 ? nameTerms : nameTerms.filter((term) => !/^\d+$/.test(term)),
      toTerms(table.schemaName),
      terms.ofComment(table.comment),
      table.columns.flatMap((column) => terms.ofName(column.name)),
      table.columns.flatMap((column) => terms.ofComment(column.comment)),
      [],
      [],
    ],
  };
}
