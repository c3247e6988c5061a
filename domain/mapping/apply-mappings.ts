import type { MappingContent } from '../../contracts/schema-mapping.js';
import type { RegistryTable } from '../../contracts/schema-registry.js';

/** What is said about one table or column. */
interface Said {
  description?: string;
  synonyms: string[];
}

/** Descriptions and synonyms by canonical name. */
export function sayingsOf(entries: readonly MappingContent[]): Map<string, Said> {
  const said = new Map<string, Said>();
  for (const entry of entries) {
    if (entry.kind !== 'synonym' && entry.kind !== 'description') continue;
    const known = said.get(entry.target) ?? { synonyms: [] };
    if (entry.kind === 'description') known.description = entry.text;
    else known.synonyms.push(entry.text);
    said.set(entry.target, known);
  }
  return said;
}

/**
 * Tables as people describe them: a description stands in place of the database's comment, synonyms follow it ("also called …").
 * Tables about which nothing is said are returned as they are. This is what is embedded and what a model is shown.
 */
export function applyMappings(
  tables: readonly RegistryTable[],
  entries: readonly MappingContent[],
): RegistryTable[] {
  const said = sayingsOf(entries);
  if (said.size === 0) return [...tables];
  return tables.map((table) => {
    const own = said.get(table.canonicalTableName);
    const isTold = own || table.columns.some((column) => said.has(column.canonicalColumnName));
    if (!isTold) return table;
    return {
      ...table,
      comment: commentOf(table.comment, own),
      columns: table.columns.map((column) => {
        const told = said.get(column.canonicalColumnName);
        return told ? { ...column, comment: commentOf(column.comment, told) } : column;
      }),
    };
  });
}

function commentOf(comment: string | null, said: Said | undefined): string | null {
  if (!said) return comment;
  const parts = [
    said.description ?? comment,
    said.synonyms.length > 0 && `also called ${said.synonyms.join(', ')}`,
  ];
  return parts.filter(Boolean).join('; ') || null;
}
