import type { MappingContent, MappingIssue } from '../../contracts/schema-mapping.js';
import type { NameBook, Resolved } from './name-book.js';

type Expected = Exclude<Resolved['kind'], 'unknown'>;

/**
 * Entries with every name made canonical, and those that name something that is not there, or something of the wrong kind (a pin on a
 * column). Tables of an example that names none are read out of its SQL.
 */
export function checkMappings(
  entries: readonly MappingContent[],
  book: NameBook,
): { entries: MappingContent[]; issues: MappingIssue[] } {
  const issues: MappingIssue[] = [];
  const checked = entries.map((entry, index) =>
    withCanonicalNames(entry, book, (name, expected) => {
      const resolved = book.resolve(name);
      if (resolved.kind === 'unknown') {
        issues.push({ index, name, reason: resolved.reason, nearest: resolved.nearest });
        return name;
      }
      if (expected.includes(resolved.kind)) return resolved.canonicalName;
      const reason = `${resolved.canonicalName} is a ${resolved.kind}; a ${entry.kind} is about a ${expected.join(' or a ')}.`;
      issues.push({ index, name, reason, nearest: [] });
      return name;
    }),
  );
  const wrong = new Set(issues.map(({ index }) => index));
  return { entries: checked.filter((_, index) => !wrong.has(index)), issues };
}

function withCanonicalNames(
  entry: MappingContent,
  book: NameBook,
  resolve: (name: string, expected: readonly Expected[]) => string,
): MappingContent {
  const resolveAll = (names: readonly string[], expected: readonly Expected[]): string[] => [
    ...new Set(names.map((name) => resolve(name, expected))),
  ];
  switch (entry.kind) {
    case 'synonym':
    case 'description':
      return { ...entry, target: resolve(entry.target, ['table', 'column']) };
    case 'pin':
      return { ...entry, target: resolve(entry.target, ['table']) };
    case 'exclude':
      return { ...entry, target: resolve(entry.target, ['table', 'schema']) };
    case 'metric':
      return { ...entry, tables: resolveAll(entry.tables, ['table']) };
    case 'area':
      return { ...entry, members: resolveAll(entry.members, ['table', 'schema']) };
    case 'example':
      return {
        ...entry,
        tables: entry.tables ? resolveAll(entry.tables, ['table']) : tablesIn(entry.sql, book),
      };
    case 'instruction':
      return entry;
  }
}

/** A quoted or plain name of one or two parts. */
const NAME = /(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\.(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))?/u;
const FROM = new RegExp(String.raw`\b(?:from|join)\s+(?:only\s+)?(${NAME.source})`, 'giu');

/** Tables that follow FROM or JOIN and are in the index; names of WITH queries and functions are not. */
export function tablesIn(sql: string, book: NameBook): string[] {
  const found = new Set<string>();
  for (const [, name] of sql.matchAll(FROM)) {
    const resolved = book.resolve(name!);
    if (resolved.kind === 'table') found.add(resolved.canonicalName);
  }
  return [...found];
}
