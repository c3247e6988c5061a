import type { RegistryTable } from '../contracts/schema-registry.js';
import { columnContent, tableContent } from './schema-content.js';
import { foldDigits, type TableFamily } from './table-families.js';

/** One text that is embedded, and what it is about: a table (no column name) or a column. */
export interface ItemText {
  canonicalTableName: string;
  canonicalColumnName: string | null;
  content: string;
}

/**
 * What is embedded for a family of tables: one text for all of its members, and one for each column that any of them has, in the
 * newest member's words. Numbers in the members' names are folded, so another shard of the same columns brings nothing new to embed.
 * Hits are told under the newest member that has the column; pickMember (domain/table-families.ts) finds the one a question means.
 */
export function familyItems({ members }: TableFamily): ItemText[] {
  const newest = members.at(-1)!;
  const label = members.length === 1 ? newest.tableName : foldDigits(newest.tableName);
  const items: ItemText[] = [
    {
      canonicalTableName: newest.canonicalTableName,
      canonicalColumnName: null,
      content: tableContent(newest, label),
    },
  ];
  const known = new Set<string>();
  let previous: RegistryTable['columns'] | undefined;
  for (const member of members.toReversed()) {
    // Shards mostly share one list.
    if (member.columns === previous) continue;
    previous = member.columns;
    for (const column of member.columns) {
      if (known.has(column.name)) continue;
      known.add(column.name);
      items.push({
        canonicalTableName: member.canonicalTableName,
        canonicalColumnName: column.canonicalColumnName,
        content: columnContent(member, column, label),
      });
    }
  }
  return items;
}
