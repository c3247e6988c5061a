import type { JoinEnds } from '../../contracts/schema-joins.js';
import { MAPPING_LIMITS, type MappingContent, type MappingIssue } from '../../contracts/schema-mapping.js';
import type { NameBook, NamedTable } from './name-book.js';
import type { DbtDocument, DbtTable } from './read-dbt.js';

export interface MatchedDbt {
  entries: MappingContent[];
  /** Of `relationships` tests whose two ends are there. */
  joins: JoinEnds[];
  matchedTables: number;
  unmatched: MappingIssue[];
}

/**
 * What a dbt document says about tables that the index has: descriptions, synonyms (`meta.synonyms`), metrics with SQL of their own, and
 * joins. A table is found by schema and name, or by name alone where only one schema has it, as development and production schemas differ.
 */
export function matchDbt(document: DbtDocument, book: NameBook): MatchedDbt {
  const result: MatchedDbt = { entries: [], joins: [], matchedTables: 0, unmatched: [] };
  const miss = (name: string, reason: string, nearest: string[] = []) =>
    result.unmatched.push({ name, reason, nearest });

  for (const given of document.tables) {
    const table = find(given, book);
    if (!table) {
      miss(nameOf(given), 'The index has no such table.', book.nearestTables(given.tableName));
      continue;
    }
    result.matchedTables += 1;
    addSaid(result.entries, table.canonicalTableName, given);
    for (const column of given.columns) {
      const target = columnOf(table, column.name);
      if (target === undefined)
        miss(`${nameOf(given)}.${column.name}`, `${table.canonicalTableName} has no such column.`);
      else addSaid(result.entries, target.canonicalColumnName, column);
    }
    for (const relationship of given.relationships) {
      const to = find({ schemaName: relationship.toSchema, tableName: relationship.toTable }, book);
      const from = columnOf(table, relationship.column);
      const end = to && columnOf(to, relationship.toColumn);
      if (to && from && end)
        result.joins.push({
          fromTable: table.canonicalTableName,
          fromColumns: [from.name],
          toTable: to.canonicalTableName,
          toColumns: [end.name],
        });
      else
        miss(
          `${nameOf(given)}.${relationship.column} → ${relationship.toTable}.${relationship.toColumn}`,
          'An end of this relationship is not in the index.',
        );
    }
  }
  for (const metric of document.metrics) {
    if (metric.expression === undefined) {
      miss(metric.name, 'This metric has no SQL of its own (it is derived, filtered or a ratio).');
      continue;
    }
    const tables = metric.tables.map((table) => find(table, book));
    if (tables.length === 0 || tables.includes(undefined)) {
      miss(metric.name, 'The table of this metric is not in the index.');
      continue;
    }
    result.entries.push({
      kind: 'metric',
      name: metric.name.slice(0, MAPPING_LIMITS.nameChars),
      expression: metric.expression.slice(0, MAPPING_LIMITS.expressionChars),
      tables: tables.map((table) => table!.canonicalTableName),
      ...(metric.description ? { text: metric.description.slice(0, MAPPING_LIMITS.textChars) } : {}),
    });
  }
  return result;
}

const nameOf = ({ schemaName, tableName }: Pick<DbtTable, 'schemaName' | 'tableName'>): string =>
  schemaName === undefined ? tableName : `${schemaName}.${tableName}`;

const find = (
  { schemaName, tableName }: Pick<DbtTable, 'schemaName' | 'tableName'>,
  book: NameBook,
): NamedTable | undefined => book.findTable(schemaName, tableName) ?? book.findTable(undefined, tableName);

const columnOf = (table: NamedTable, name: string) =>
  table.columns.find((column) => column.name === name) ??
  table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

function addSaid(
  entries: MappingContent[],
  target: string,
  said: { description: string; synonyms: readonly string[] },
): void {
  if (said.description !== '')
    entries.push({ kind: 'description', target, text: said.description.slice(0, MAPPING_LIMITS.textChars) });
  for (const word of said.synonyms)
    entries.push({ kind: 'synonym', target, text: word.slice(0, MAPPING_LIMITS.synonymChars) });
}
