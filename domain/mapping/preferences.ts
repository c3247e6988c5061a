import type { MappingContent, MappingKind } from '../../contracts/schema-mapping.js';
import type { RegistryTable } from '../../contracts/schema-registry.js';
import { quoteIdentifier } from '../canonical-names.js';

/** Which tables people want to see always, and which never. */
export interface Preferences {
  /** Canonical names. */
  pinned: readonly string[];
  /** Whether any table may be refused; where not, nobody need ask for each of thousands. */
  isRestricting: boolean;
  isAllowed(table: Pick<RegistryTable, 'canonicalTableName' | 'schemaName'>): boolean;
}

/**
 * Pins, excludes and, where one is named, the subject area: outside of it nothing is chosen. An exclude beats a pin and an area.
 * @returns undefined when there is no area of that name.
 */
export function preferencesOf(
  entries: readonly MappingContent[],
  area?: string | undefined,
): Preferences | undefined {
  const excluded = new Set<string>();
  const pinned: string[] = [];
  let members: Set<string> | undefined;
  for (const entry of entries) {
    if (entry.kind === 'exclude') excluded.add(entry.target);
    else if (entry.kind === 'pin') pinned.push(entry.target);
    else if (entry.kind === 'area' && entry.name.toLowerCase() === area?.toLowerCase())
      members = new Set(entry.members);
  }
  if (area !== undefined && !members) return undefined;
  const holds = (set: ReadonlySet<string>, table: { canonicalTableName: string; schemaName: string }) =>
    set.has(table.canonicalTableName) || set.has(quoteIdentifier(table.schemaName));
  return {
    pinned,
    isRestricting: excluded.size > 0 || members !== undefined,
    isAllowed: (table) => !holds(excluded, table) && (!members || holds(members, table)),
  };
}

/** Names of the subject areas, for a message that names them. */
export const areaNames = (entries: readonly MappingContent[]): string[] =>
  entries.flatMap((entry) => (entry.kind === 'area' ? [entry.name] : []));

/** How many entries there are of each kind. */
export function countKinds(entries: readonly MappingContent[]): Partial<Record<MappingKind, number>> {
  const counts: Partial<Record<MappingKind, number>> = {};
  for (const { kind } of entries) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
