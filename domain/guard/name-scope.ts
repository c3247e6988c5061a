import { namesOf } from './syntax-tree.js';
import type { GuardTable } from './verdict.js';

/** Columns that every table has and no registry lists. */
export const SYSTEM_COLUMNS: ReadonlySet<string> = new Set([
  'cmax',
  'cmin',
  'ctid',
  'tableoid',
  'xmax',
  'xmin',
]);

/** One thing in a FROM list. */
export interface FromItem {
  /** What its columns are qualified with; undefined for a join or sub-select without a name. */
  name: string | undefined;
  /** Its columns under the names visible here, with their canonical names where they are a table's. */
  columns: ReadonlyMap<string, string | undefined>;
  /** There may be columns that are not in `columns`: they may be named without a qualifier … */
  isOpen?: boolean;
  /** … and with one. Not for functions: `f.pg_read_file` would call that function with f's value. */
  isOpenToQualified?: boolean;
  /** Only for qualified names: `JOIN … USING (id) AS u`. */
  isQualifierOnly?: boolean;
  /** Set for a table of the registry. */
  table?: GuardTable;
  /** Set for a table without an alias, whose columns may be written `schema.table.column`. */
  isUnderOwnName?: boolean;
}

/** What names mean at a place of the query: its own FROM list, then those around it. */
export interface NameScope {
  items: FromItem[];
  outer: NameScope | undefined;
}

/** The outputs of a query: names in order, as far as they can be told. */
export interface Outputs {
  names: readonly string[];
  /** There are further outputs, or their order is not known. */
  isOpen: boolean;
}

/** A common table expression. Those of WITH RECURSIVE may name later ones, so each is resolved when it is first met. */
export interface Cte {
  outputs(): Outputs;
}

/** Common table expressions that can be seen, inner ones first. */
export interface CteScope {
  ctes: ReadonlyMap<string, Cte>;
  outer: CteScope | undefined;
}

export const findCte = (scope: CteScope | undefined, name: string): Cte | undefined => {
  for (let at = scope; at; at = at.outer) {
    const cte = at.ctes.get(name);
    if (cte) return cte;
  }
  return undefined;
};

/** `AS name (columns)`. */
export const aliasOf = (alias: unknown): { name: string | undefined; columns: string[] } => {
  const fields = (alias ?? {}) as { aliasname?: string; colnames?: unknown };
  return { name: fields.aliasname, columns: namesOf(fields.colnames) };
};

/** The outputs under the names that an alias gives to the first of them. */
export const renamed = ({ isOpen, names }: Outputs, given: readonly string[]): Outputs => ({
  // If the order is not certain, the old names may be there still.
  names: [...given, ...names.slice(isOpen ? 0 : given.length)],
  isOpen,
});

/** A table of the registry in a FROM list, under its alias if it has one. */
export const tableItem = (table: GuardTable, alias: unknown): FromItem => {
  const given = aliasOf(alias);
  const columns = [...table.columns].sort((a, b) => a.position - b.position);
  return {
    name: given.name ?? table.tableName,
    columns: new Map(
      columns.map((column, i) => [given.columns[i] ?? column.name, column.canonicalColumnName]),
    ),
    table,
    isUnderOwnName: given.name === undefined,
  };
};

/** A sub-select or common table expression in a FROM list. */
export const queryItem = (name: string | undefined, outputs: Outputs): FromItem => ({
  name,
  columns: new Map(outputs.names.map((output) => [output, undefined])),
  isOpen: outputs.isOpen,
  isOpenToQualified: outputs.isOpen,
});

/** The nearest thing in view with the name `[alias]`, `[schema, table]` or `[database, schema, table]`. */
export const findItem = (qualifier: readonly string[], scope: NameScope): FromItem | undefined => {
  const [name, schema] = [...qualifier].reverse();
  for (let at: NameScope | undefined = scope; at; at = at.outer) {
    const item = at.items.find((each) =>
      schema === undefined
        ? each.name === name
        : each.isUnderOwnName && each.table?.tableName === name && each.table?.schemaName === schema,
    );
    if (item) return item;
  }
  return undefined;
};

/** The tables of the registry in view, nearest first. */
export const tablesInView = (scope: NameScope): GuardTable[] => {
  const tables: GuardTable[] = [];
  for (let at: NameScope | undefined = scope; at; at = at.outer)
    tables.push(...at.items.flatMap((item) => item.table ?? []));
  return tables;
};
