import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { spelledForMysql } from '../../mysql-identifier.js';
import { UnknownNames } from '../unknown-names.js';
import type { GuardTable } from '../verdict.js';

/** The tree of a skeleton: polyglot writes a node as an object with one field, the node's kind. */
export type TreeNode = Readonly<Record<string, unknown>>;

export interface MysqlResolveOptions {
  tables: readonly GuardTable[];
  /** The schema that unqualified names are looked up in; none unless given. */
  defaultSchema?: string | undefined;
  /** What stands behind the names of the skeleton. */
  names: readonly string[];
}

/** Something in a FROM list. Names of columns and aliases are compared without regard to case, as MySQL does. */
interface Item {
  name: string | undefined;
  /** By name in lower case; the canonical name where it is a table's column. */
  columns: Map<string, string | undefined>;
  /** There may be columns that are not in `columns`. */
  isOpen: boolean;
  table?: GuardTable;
}
interface Scope {
  items: Item[];
  outer: Scope | undefined;
}
interface Outputs {
  names: string[];
  isOpen: boolean;
}
interface Ctes {
  byName: Map<string, Outputs>;
  outer: Ctes | undefined;
}

const SYSTEM_SCHEMAS = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);
const QUERIES = new Set(['select', 'union', 'intersect', 'except']);

const isObject = (value: unknown): value is TreeNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const lower = (name: string): string => name.toLowerCase();
const notUnderstood = (): QuaestorError =>
  new QuaestorError(
    'sql_syntax_error',
    'The SQL has a name at a place that is not understood. Write it in a plainer way.',
  );

/**
 * Finds the table and column behind every name of a skeleton's tree as MySQL does. A name that no rule here has met is refused,
 * so that nothing which the parser or this resolver misreads is let pass.
 * @throws QuaestorError `sql_unknown_table` with `details.unknown`, or `sql_syntax_error`
 */
export const resolveMysqlNames = (
  query: TreeNode,
  options: MysqlResolveOptions,
): { tables: string[]; columns: string[] } => {
  const resolver = new Resolver(options);
  resolver.query(query, { items: [], outer: undefined }, undefined);
  return resolver.finish();
};

class Resolver {
  readonly #names: readonly string[];
  readonly #seen = new Set<number>();
  readonly #tables: readonly GuardTable[];
  readonly #defaultSchema: string | undefined;
  readonly #read = { tables: new Set<string>(), columns: new Set<string>() };
  readonly #unknown: UnknownNames;

  constructor({ defaultSchema, names, tables }: MysqlResolveOptions) {
    this.#names = names;
    this.#defaultSchema = defaultSchema;
    this.#tables = tables.filter((table) => !SYSTEM_SCHEMAS.has(lower(table.schemaName)));
    this.#unknown = new UnknownNames(this.#tables, 'Not in the index', spelledForMysql);
  }

  finish(): { tables: string[]; columns: string[] } {
    this.#unknown.throwIfAny();
    if (this.#seen.size !== this.#names.length) throw notUnderstood();
    return { tables: [...this.#read.tables].sort(), columns: [...this.#read.columns].sort() };
  }

  /** @param outer what surrounds the query, not its own FROM list */
  query(node: unknown, outer: Scope, ctes: Ctes | undefined): Outputs {
    const [kind, fields] = isObject(node) ? (Object.entries(node)[0] ?? []) : [];
    if (!kind || !isObject(fields)) throw notUnderstood();
    if (kind === 'subquery' || kind === 'paren') {
      const visible = this.#with(fields['with'], outer, ctes);
      const outputs = this.query(fields['this'], outer, visible);
      this.#tail(fields, { items: [queryItem(undefined, outputs)], outer }, visible, outputs);
      return outputs;
    }
    if (!QUERIES.has(kind)) throw notUnderstood();
    const visible = this.#with(fields['with'], outer, ctes);
    if (kind === 'select') return this.#select(fields, outer, visible);
    const outputs = this.query(fields['left'], outer, visible);
    this.query(fields['right'], outer, visible);
    this.#tail(fields, { items: [queryItem(undefined, outputs)], outer }, visible, outputs);
    return outputs;
  }

  #select(fields: TreeNode, outer: Scope, ctes: Ctes | undefined): Outputs {
    const scope: Scope = { items: [], outer };
    const from = isObject(fields['from']) ? fields['from'] : {};
    for (const item of listOf(from['expressions'])) this.#fromItem(item, scope, ctes);
    this.#joins(fields['joins'], scope, ctes);
    const outputs: Outputs = { names: [], isOpen: false };
    for (const expression of listOf(fields['expressions'])) this.#output(expression, scope, ctes, outputs);
    for (const [key, value] of Object.entries(fields)) {
      if (key === 'expressions' || key === 'from' || key === 'joins' || key === 'with') continue;
      const mayBeAlias = key === 'group_by' || key === 'having' || key === 'order_by';
      this.#expression(value, mayBeAlias ? withAliases(scope, outputs) : scope, ctes);
    }
    return outputs;
  }

  /** ORDER BY and LIMIT of a set operation. */
  #tail(fields: TreeNode, scope: Scope, ctes: Ctes | undefined, outputs: Outputs): void {
    for (const [key, value] of Object.entries(fields)) {
      if (key === 'left' || key === 'right' || key === 'with' || key === 'this' || key === 'alias') continue;
      if (key === 'column_aliases') continue;
      this.#expression(value, withAliases(scope, outputs), ctes);
    }
  }

  #with(node: unknown, outer: Scope, ctes: Ctes | undefined): Ctes | undefined {
    if (!isObject(node)) return ctes;
    let visible = ctes;
    for (const cte of listOf(node['ctes']) as TreeNode[]) {
      const name = lower(this.#identifier(cte['alias']));
      const given = listOf(cte['columns']).map((column) => lower(this.#identifier(column)));
      const outputs: Outputs = { names: given, isOpen: given.length === 0 };
      const own: Ctes = { byName: new Map([[name, outputs]]), outer: visible };
      // One that names itself sees the names that are given, or those that it turns out to have.
      const found = this.query(cte['this'], outer, node['recursive'] === true ? own : visible);
      if (given.length === 0) Object.assign(outputs, found);
      visible = own;
    }
    return visible;
  }

  #joins(joins: unknown, scope: Scope, ctes: Ctes | undefined): void {
    for (const join of listOf(joins) as TreeNode[]) {
      this.#fromItem(join['this'], scope, ctes);
      if (join['on'] !== null && join['on'] !== undefined) this.#expression(join['on'], scope, ctes);
      for (const column of listOf(join['using'])) {
        const name = this.#identifier(column);
        for (const item of scope.items) this.#note(item, lower(name));
        if (!scope.items.some((item) => item.isOpen || item.columns.has(lower(name))))
          this.#unknownColumn([name], scope);
      }
    }
  }

  #fromItem(node: unknown, scope: Scope, ctes: Ctes | undefined): void {
    const [kind, fields] = isObject(node) ? (Object.entries(node)[0] ?? []) : [];
    if (!kind || !isObject(fields)) throw notUnderstood();
    if (kind === 'table') scope.items.push(this.#table(fields, ctes));
    else if (kind === 'joined_table') {
      this.#fromItem(fields['left'], scope, ctes);
      this.#joins(fields['joins'], scope, ctes);
    } else if (kind === 'paren' && !isQuery(fields['this'])) this.#fromItem(fields['this'], scope, ctes);
    else if (kind === 'alias') {
      const inner: Scope = { items: [...scope.items], outer: scope.outer };
      const before = inner.items.length;
      this.#fromItem(fields['this'], inner, ctes);
      const item = inner.items[before];
      if (!item || inner.items.length !== before + 1) throw notUnderstood();
      scope.items.push({ ...item, name: this.#identifier(fields['alias']) });
    } else if (kind === 'lateral' || kind === 'subquery' || kind === 'paren' || QUERIES.has(kind)) {
      const isLateral = kind === 'lateral' || fields['lateral'] === true;
      const around: Scope = isLateral
        ? { items: [...scope.items], outer: scope.outer }
        : (scope.outer ?? { items: [], outer: undefined });
      const outputs = this.query(QUERIES.has(kind) ? node : fields['this'], around, ctes);
      const alias = fields['alias'] ? this.#identifier(fields['alias']) : undefined;
      const given = listOf(fields['column_aliases']).map((column) => lower(this.#identifier(column)));
      const names = given.length > 0 ? given : outputs.names;
      scope.items.push(queryItem(alias, { names, isOpen: given.length === 0 && outputs.isOpen }));
    } else throw notUnderstood();
  }

  #table(fields: TreeNode, ctes: Ctes | undefined): Item {
    const schema = fields['schema'] ? this.#identifier(fields['schema']) : undefined;
    const name = this.#identifier(fields['name']);
    const alias = fields['alias'] ? this.#identifier(fields['alias']) : undefined;
    if (fields['catalog']) throw notUnderstood();
    if (schema === undefined) {
      for (let at = ctes; at; at = at.outer) {
        const cte = at.byName.get(lower(name));
        if (cte) return queryItem(alias ?? name, cte);
      }
      if (lower(name) === 'dual') return { name: undefined, columns: new Map(), isOpen: false };
    }
    const wanted = schema ?? this.#defaultSchema;
    const table = this.#tables.find((each) => each.schemaName === wanted && each.tableName === name);
    if (table) {
      this.#read.tables.add(table.canonicalTableName);
      const columns = table.columns.map((column): [string, string] => [
        lower(column.name),
        column.canonicalColumnName,
      ]);
      return { name: alias ?? name, columns: new Map(columns), isOpen: false, table };
    }
    this.#unknown.addTable(schema === undefined ? name : `${schema}.${name}`, name);
    return { name: alias ?? name, columns: new Map(), isOpen: true };
  }

  #output(node: unknown, scope: Scope, ctes: Ctes | undefined, outputs: Outputs): void {
    if (isObject(node) && isObject(node['alias'])) {
      const { alias, this: inner } = node['alias'];
      this.#expression(inner, scope, ctes);
      outputs.names.push(lower(this.#identifier(alias)));
      return;
    }
    if (isObject(node) && isObject(node['star'])) {
      const items = this.#starItems(node['star'], scope);
      for (const item of items) {
        for (const [name, canonical] of item.columns) {
          outputs.names.push(name);
          if (canonical !== undefined) this.#read.columns.add(canonical);
        }
        outputs.isOpen ||= item.isOpen;
      }
      return;
    }
    const path = this.#path(node);
    this.#expression(node, scope, ctes);
    if (path) outputs.names.push(lower(path.at(-1)!));
    // Anything else has its own text for a name.
    else outputs.isOpen = true;
  }

  #starItems(star: TreeNode, scope: Scope): Item[] {
    const { table } = star;
    if (!isObject(table)) return scope.items;
    const parts = String(table['name'])
      .split('.')
      .map((part) => this.#nameOf(part));
    const item = this.#find(parts, scope);
    if (item) return [item];
    this.#unknownColumn([...parts, '*'], scope);
    return [];
  }

  /** Any part of the tree that is not a FROM list: columns and queries in it are resolved. */
  #expression(node: unknown, scope: Scope, ctes: Ctes | undefined): void {
    if (Array.isArray(node)) for (const each of node) this.#expression(each, scope, ctes);
    if (!isObject(node)) return;
    const path = this.#path(node);
    if (path) {
      this.#column(path, scope);
      return;
    }
    for (const [kind, fields] of Object.entries(node)) {
      if (!isObject(fields)) this.#expression(fields, scope, ctes);
      else if (isQuery({ [kind]: fields })) this.query({ [kind]: fields }, scope, ctes);
      else if (kind === 'star') this.#starItems(fields, scope);
      else this.#expression(fields, scope, ctes);
    }
  }

  /** The names of `column`, `table.column` or `schema.table.column`; undefined for everything else. */
  #path(node: unknown): string[] | undefined {
    if (!isObject(node)) return undefined;
    if (isObject(node['column']) && isIdentifier(node['column']['name'])) {
      const { name, table } = node['column'];
      return [...(table ? [this.#identifier(table)] : []), this.#identifier(name)];
    }
    if (isObject(node['dot'])) {
      const head = this.#path(node['dot']['this']);
      return head && isIdentifier(node['dot']['field'])
        ? [...head, this.#identifier(node['dot']['field'])]
        : undefined;
    }
    return undefined;
  }

  #column(path: readonly string[], scope: Scope): void {
    const column = lower(path.at(-1)!);
    if (path.length > 1) {
      const item = this.#find(path.slice(0, -1), scope);
      if (!item || !(item.columns.has(column) || item.isOpen)) {
        this.#unknownColumn(path, scope, item);
        return;
      }
      this.#note(item, column);
      return;
    }
    for (let at: Scope | undefined = scope; at; at = at.outer) {
      for (const item of at.items) this.#note(item, column);
      if (at.items.some((item) => item.isOpen || item.columns.has(column))) return;
    }
    this.#unknownColumn(path, scope);
  }

  #note(item: Item, column: string): void {
    const canonical = item.columns.get(column);
    if (canonical !== undefined) this.#read.columns.add(canonical);
  }

  /** The nearest thing in view with the name `[alias]` or `[schema, table]`. */
  #find(qualifier: readonly string[], scope: Scope): Item | undefined {
    const [name, schema, more] = [...qualifier].reverse();
    if (more !== undefined) return undefined;
    for (let at: Scope | undefined = scope; at; at = at.outer) {
      const item = at.items.find((each) =>
        schema === undefined
          ? each.name !== undefined && lower(each.name) === lower(name!)
          : each.table?.schemaName === schema && each.table.tableName === name,
      );
      if (item) return item;
    }
    return undefined;
  }

  #unknownColumn(path: readonly string[], scope: Scope, item?: Item): void {
    const near: GuardTable[] = item?.table ? [item.table] : [];
    for (let at: Scope | undefined = item ? undefined : scope; at; at = at.outer)
      near.push(...at.items.flatMap((each) => each.table ?? []));
    this.#unknown.addColumn(path.join('.'), path.at(-1)!, near);
  }

  #identifier(node: unknown): string {
    if (!isIdentifier(node)) throw notUnderstood();
    return this.#nameOf(node['name']);
  }

  #nameOf(placeholder: string): string {
    const index = /^n\d+$/.test(placeholder) ? Number(placeholder.slice(1)) : -1;
    const name = this.#names[index];
    if (name === undefined) throw notUnderstood();
    this.#seen.add(index);
    return name;
  }
}

const isIdentifier = (node: unknown): node is { name: string } =>
  isObject(node) && typeof node['name'] === 'string' && 'quoted' in node;

const isQuery = (node: unknown): boolean => {
  const [kind, fields] = isObject(node) ? (Object.entries(node)[0] ?? []) : [];
  if (!kind || !isObject(fields)) return false;
  if (kind === 'subquery' || kind === 'paren') return isQuery(fields['this']);
  return QUERIES.has(kind) && ('expressions' in fields || 'left' in fields);
};

const queryItem = (name: string | undefined, { isOpen, names }: Outputs): Item => ({
  name,
  columns: new Map(names.map((each) => [each, undefined])),
  isOpen,
});

/** GROUP BY, HAVING and ORDER BY also see the names of the outputs. */
const withAliases = (scope: Scope, outputs: Outputs): Scope => ({
  items: [...scope.items, queryItem(undefined, { names: outputs.names, isOpen: false })],
  outer: scope.outer,
});
