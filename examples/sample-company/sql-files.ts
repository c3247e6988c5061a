import { readFileSync } from 'node:fs';

/** The text of a file in `sql/`. */
export function readSql(name: 'schema' | 'constraints' | 'comments' | 'finish'): string {
  return readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
}

/** Everything schema.sql creates that has to go before it can run again (views go with their tables). */
export function listCreated(schemaSql: string): { tables: string[]; types: string[] } {
  const names = (kind: string) =>
    [...schemaSql.matchAll(new RegExp(`^CREATE ${kind} (\\S+)`, 'gm'))].map((match) => match[1]!);
  return { tables: names('TABLE'), types: names('TYPE') };
}

export interface ForeignKey {
  table: string;
  columns: string[];
  parentTable: string;
  parentColumns: string[];
}

/** The foreign keys of constraints.sql. */
export function listForeignKeys(constraintsSql: string): ForeignKey[] {
  const pattern = /^ALTER TABLE (\S+) ADD FOREIGN KEY \(([^)]+)\) REFERENCES (\S+) \(([^)]+)\);$/gm;
  return [...constraintsSql.matchAll(pattern)].map((match) => ({
    table: match[1]!,
    columns: match[2]!.split(', '),
    parentTable: match[3]!,
    parentColumns: match[4]!.split(', '),
  }));
}
