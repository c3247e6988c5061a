import { parseCanonicalName, quoteIdentifier } from '../canonical-names.js';
import { nearestNames } from '../guard/nearest-names.js';

/** A table with its columns, as names are checked against. */
export interface NamedTable {
  canonicalTableName: string;
  schemaName: string;
  tableName: string;
  columns: readonly { canonicalColumnName: string; name: string }[];
}

/** What a name means, or why it means nothing. */
export type Resolved =
  | { kind: 'schema' | 'table' | 'column'; canonicalName: string }
  | { kind: 'unknown'; reason: string; nearest: string[] };

/** Looks names up in a schema as people write them: in any case, and without the schema where only one fits. */
export class NameBook {
  readonly #tables = new Map<string, NamedTable>();
  /** By spelling in lower case, with and without schema; null where several fit. */
  readonly #spellings = new Map<string, NamedTable | null>();
  readonly #schemas = new Map<string, string>();

  constructor(tables: Iterable<NamedTable>) {
    for (const table of tables) {
      this.#tables.set(table.canonicalTableName, table);
      this.#schemas.set(table.schemaName.toLowerCase(), quoteIdentifier(table.schemaName));
      for (const spelling of [`${table.schemaName}.${table.tableName}`, table.tableName]) {
        const key = spelling.toLowerCase();
        const other = this.#spellings.get(key);
        this.#spellings.set(key, other === undefined ? table : null);
      }
    }
  }

  /** A schema, `schema.table` or `table`, `schema.table.column` or `table.column`. */
  resolve(name: string): Resolved {
    const table = this.#table(name);
    if (table) return { kind: 'table', canonicalName: table.canonicalTableName };
    const parts = splitName(name);
    const schema = parts.length === 1 ? this.#schemas.get(parts[0]!.toLowerCase()) : undefined;
    if (schema !== undefined) return { kind: 'schema', canonicalName: schema };
    return parts.length > 1 ? this.#column(name, parts) : this.#unknownTable(name);
  }

  /** A table and some of its columns, by their exact names. */
  resolveColumns(
    tableName: string,
    columnNames: readonly string[],
  ): { table: string; columns: string[] } | { reason: string; nearest: string[] } {
    const table = this.#table(tableName);
    if (!table) return this.#unknownTable(tableName);
    const columns: string[] = [];
    for (const name of columnNames) {
      const resolved = this.#column(name, [table.schemaName, table.tableName, name]);
      if (resolved.kind !== 'column') return 'reason' in resolved ? resolved : this.#unknownTable(tableName);
      columns.push(table.columns.find((one) => one.canonicalColumnName === resolved.canonicalName)!.name);
    }
    return { table: table.canonicalTableName, columns };
  }

  /** A table of this name; undefined where there is none or several. */
  findTable(schemaName: string | undefined, tableName: string): NamedTable | undefined {
    const key = schemaName === undefined ? tableName : `${schemaName}.${tableName}`;
    return this.#spellings.get(key.toLowerCase()) ?? undefined;
  }

  /** Canonical names of the tables that names speak of, whether of the table itself or of a column: whose columns must be known. */
  tablesSpokenOf(names: Iterable<string>): string[] {
    const found = new Set<string>();
    for (const name of names) {
      const parts = splitName(name);
      for (const part of [parts, parts.slice(0, -1)]) {
        const table = this.#spellings.get(part.join('.').toLowerCase());
        if (table) found.add(table.canonicalTableName);
      }
    }
    return [...found];
  }

  nearestTables(name: string): string[] {
    const wanted = splitName(name).at(-1) ?? name;
    return nearestNames(wanted, this.#tables.values(), (table) => table.tableName).map(
      (table) => table.canonicalTableName,
    );
  }

  #table(name: string): NamedTable | undefined {
    return (
      this.#tables.get(name) ?? this.#spellings.get(splitName(name).join('.').toLowerCase()) ?? undefined
    );
  }

  #column(name: string, parts: readonly string[]): Resolved {
    const tableName = parts.slice(0, -1).join('.');
    const table = this.#spellings.get(tableName.toLowerCase());
    if (!table) return this.#unknownTable(parts.length > 2 ? tableName : name);
    const wanted = parts.at(-1)!;
    const column =
      table.columns.find((one) => one.name === wanted) ??
      table.columns.find((one) => one.name.toLowerCase() === wanted.toLowerCase());
    if (column) return { kind: 'column', canonicalName: column.canonicalColumnName };
    return {
      kind: 'unknown',
      reason: `${table.canonicalTableName} has no column "${wanted}".`,
      nearest: nearestNames(wanted, table.columns, (one) => one.name).map((one) => one.canonicalColumnName),
    };
  }

  #unknownTable(name: string): Extract<Resolved, { kind: 'unknown' }> {
    const isAmbiguous = this.#spellings.get(splitName(name).join('.').toLowerCase()) === null;
    return {
      kind: 'unknown',
      reason: isAmbiguous
        ? `Several schemas have a table "${name}".`
        : `The index has no table or column "${name}".`,
      nearest: this.nearestTables(name),
    };
  }
}

/** The parts of a name, unquoted; a name that cannot be taken apart is one part. */
function splitName(name: string): string[] {
  const parsed = parseCanonicalName(name);
  if (parsed) return [parsed.schema, parsed.table, ...(parsed.column === undefined ? [] : [parsed.column])];
  return [/^"(?:[^"]|"")*"$/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name];
}
