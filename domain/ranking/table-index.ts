import type { RegistryTable, SchemaContext } from '../../contracts/schema-registry.js';
import { groupFamilies, type TableFamily } from '../table-families.js';
import { Bm25Index, type FieldWeight, type RankedText } from './bm25.js';
import { toTerms } from './question-terms.js';

export interface TableIndex {
  words: Bm25Index;
  families: ReadonlyMap<string, TableFamily>;
  /** Family of each table, by canonical name. */
  familyOf: ReadonlyMap<string, string>;
  schemaOf: (familyId: string) => string;
  /** Families of each schema. */
  bySchema: ReadonlyMap<string, readonly string[]>;
}

/**
 * A table's own name says most, then what people wrote about it; one of many columns says little, and of a column's comment most
 * words are about something else. Each step is a factor of two. Lengths count as usual in BM25 (b = 0.75).
 */
const FIELD_WEIGHTS: readonly FieldWeight[] = [
  { weight: 4, lengthShare: 0.75 },
  { weight: 1, lengthShare: 0.75 },
  { weight: 2, lengthShare: 0.75 },
  { weight: 0.5, lengthShare: 0.75 },
  { weight: 0.25, lengthShare: 0.75 },
];

/** Families as BM25 sees them, each by its newest member: thirty yearly tables must not make their words common. */
export function createTableIndex(schema: SchemaContext): TableIndex {
  const list = groupFamilies(schema.tables);
  const families = new Map(list.map((family) => [family.id, family]));
  const bySchema = new Map<string, string[]>();
  for (const { id, members } of list) {
    const { schemaName } = members[0]!;
    const ids = bySchema.get(schemaName);
    if (ids) ids.push(id);
    else bySchema.set(schemaName, [id]);
  }
  return {
    words: new Bm25Index(list.map(toRankedText), FIELD_WEIGHTS),
    families,
    familyOf: new Map(
      list.flatMap(({ id, members }) => members.map((table) => [table.canonicalTableName, id])),
    ),
    schemaOf: (id) => families.get(id)!.members[0]!.schemaName,
    bySchema,
  };
}

function toRankedText({ id, members }: TableFamily): RankedText {
  const table: RegistryTable = members.at(-1)!;
  const nameTerms = toTerms(table.tableName);
  return {
    id,
    fields: [
      members.length === 1 ? nameTerms : nameTerms.filter((term) => !/^\d+$/.test(term)),
      toTerms(table.schemaName),
      toTerms(table.comment ?? ''),
      table.columns.flatMap((column) => toTerms(column.name)),
      table.columns.flatMap((column) => toTerms(column.comment ?? '')),
    ],
  };
}
