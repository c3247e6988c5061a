import type { ChosenTable } from '../../contracts/question.js';
import type { RegistryColumn, SampledValues, SchemaContext } from '../../contracts/schema-registry.js';
import { type FoundTable, SEARCH_LIMITS } from '../../contracts/schema-search.js';
import type { TableFamily } from '../table-families.js';
import { toTerms } from './question-terms.js';
import type { TableIndex } from './table-index.js';

export interface DescribeFoundInput {
  query: string;
  chosen: readonly ChosenTable[];
  /** The chosen tables, as people describe them. */
  schema: SchemaContext;
  index: Pick<TableIndex, 'families' | 'familyOf'>;
  values: SampledValues;
}

/** What a word in a column's name, comment and values counts. */
const WEIGHTS = { name: 4, comment: 1, value: 2 };

/** The chosen tables with what a reader wants to know of each: the columns that fit the query, and the family that it stands for. */
export function describeFound(input: DescribeFoundInput): FoundTable[] {
  const asked = new Set(toTerms(input.query));
  const tables = new Map(input.schema.tables.map((table) => [table.canonicalTableName, table]));
  return input.chosen.flatMap((chosen): FoundTable[] => {
    const table = tables.get(chosen.canonicalTableName);
    if (!table) return [];
    const columns = table.columns
      .map((column) => ({ column, score: fitOf(column, asked, input.values) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.column.position - b.column.position)
      .slice(0, SEARCH_LIMITS.columns);
    const family = input.index.families.get(input.index.familyOf.get(chosen.canonicalTableName) ?? '');
    return [
      {
        ...chosen,
        kind: table.kind,
        comment: cut(table.comment, SEARCH_LIMITS.tableCommentChars),
        estimatedRows: table.estimatedRows,
        columnCount: table.columns.length,
        columns: columns.map(({ column }) => ({
          name: column.name,
          dataType: column.dataType,
          comment: cut(column.comment, SEARCH_LIMITS.columnCommentChars),
          values: (input.values[column.canonicalColumnName] ?? []).slice(0, SEARCH_LIMITS.values),
        })),
        ...(family && family.members.length > 1 ? { family: describeFamily(family) } : {}),
      },
    ];
  });
}

function fitOf(column: RegistryColumn, asked: ReadonlySet<string>, values: SampledValues): number {
  const hits = (text: string) => new Set(toTerms(text).filter((term) => asked.has(term))).size;
  return (
    WEIGHTS.name * hits(column.name) +
    WEIGHTS.comment * hits(column.comment ?? '') +
    (values[column.canonicalColumnName] ? WEIGHTS.value : 0)
  );
}

const describeFamily = ({ members }: TableFamily): NonNullable<FoundTable['family']> => ({
  members: members.length,
  first: members[0]!.canonicalTableName,
  last: members.at(-1)!.canonicalTableName,
});

const cut = (text: string | null, maxChars: number): string | null =>
  text !== null && text.length > maxChars
    ? `${text.slice(0, maxChars).replace(/[\ud800-\udbff]$/, '')}…`
    : text;
