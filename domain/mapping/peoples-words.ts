import type { MappingContent } from '../../contracts/schema-mapping.js';
import { canonicalTableName, parseCanonicalName } from '../canonical-names.js';

/** What people say about one table, by how much it says about the table itself. */
export interface PeoplesWords {
  /** Synonyms of the table and names of metrics over it. */
  names: string[];
  /** Descriptions of the table. */
  descriptions: string[];
  /** Synonyms of its columns, and questions that it answers. */
  columnNames: string[];
  /** Descriptions of its columns. */
  columnDescriptions: string[];
}

/** By canonical table name. */
export function peoplesWords(entries: readonly MappingContent[]): Map<string, PeoplesWords> {
  const byTable = new Map<string, PeoplesWords>();
  const of = (table: string): PeoplesWords => {
    let words = byTable.get(table);
    if (!words) {
      words = { names: [], descriptions: [], columnNames: [], columnDescriptions: [] };
      byTable.set(table, words);
    }
    return words;
  };
  for (const entry of entries) {
    switch (entry.kind) {
      case 'synonym':
      case 'description': {
        const name = parseCanonicalName(entry.target);
        if (!name) break;
        const words = of(canonicalTableName(name.schema, name.table));
        const isColumn = name.column !== undefined;
        if (entry.kind === 'synonym') (isColumn ? words.columnNames : words.names).push(entry.text);
        else (isColumn ? words.columnDescriptions : words.descriptions).push(entry.text);
        break;
      }
      case 'metric':
        for (const table of entry.tables) of(table).names.push(entry.name);
        break;
      case 'example':
        for (const table of entry.tables ?? []) of(table).columnNames.push(entry.question);
        break;
      case 'instruction':
      case 'pin':
      case 'exclude':
      case 'area':
        break;
    }
  }
  return byTable;
}
