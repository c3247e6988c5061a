import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { duckDbIdentifier } from '../../duckdb-identifier.js';
import { UnknownNames } from '../unknown-names.js';
import type { GuardTable } from '../verdict.js';
import { VALUE_NAMES } from './allowed-functions.js';
import { type DuckDbNode, isExpression, isNode, isSet, nodesOf, textOf, textsOf } from './tree.js';

/** One thing in a FROM list; names are in lower case, as DuckDB does not tell cases apart. */
interface Item {
  name: string | undefined;
  /** With the canonical name where it is a table's. */
  columns: ReadonlyMap<string, string | undefined>;
  /** There may be columns that are not listed. */
  isOpen: boolean;
  table?: GuardTable;
}
interface Scope {
  items: Item[];
  outer: Scope | undefined;
}
interface Outputs {
  names: readonly string[];
  isOpen: boolean;
}
interface Ctes {
  outputs: ReadonlyMap<string, Outputs>;
  outer: Ctes | undefined;
}
interface Place {
  scope: Scope;
  ctes: Ctes | undefined;
}

const lower = (name: string): string => name.toLowerCase();
const OPEN: Outputs = { names: [], isOpen: true };

/**
 * Finds the table and column behind every name of a query that `checkTree` let pass. A table must be a common table expression in view
 * or one of `tables`: files (`FROM 'x.csv'`), catalogs and other schemas are neither. Columns are held against what is in view as
 * far as that can be told; fields of structures, names that COLUMNS makes and types are left to DuckDB's own binder.
 *
 * @throws QuaestorError `sql_unknown_table` with `details.unknown`
 */
export function resolveDuckDbNames(
  query: DuckDbNode,
  tables: readonly GuardTable[],
): { tables: string[]; columns: string[] } {
  const resolver = new Resolver(tables);
  resolver.query(query, { scope: { items: [], outer: undefined }, ctes: undefined });
  return resolver.finish(query);
}

class Resolver {
  readonly #byName: ReadonlyMap<string, GuardTable>;
  readonly #read = { tables: new Set<string>(), columns: new Set<string>() };
  readonly #unknown: UnknownNames;
  readonly #seen = new Set<DuckDbNode>();

  constructor(tables: readonly GuardTable[]) {
    this.#unknown = new UnknownNames(tables, 'Not among the datasets of the question');
    this.#byName = new Map(tables.map((table) => [lower(table.tableName), table]));
  }

  finish(query: DuckDbNode): { tables: string[]; columns: string[] } {
    this.#unknown.throwIfAny();
    // A place of the tree that was forgotten must not become a way around the check.
    const waiting: unknown[] = [query];
    while (waiting.length > 0) {
      const at = waiting.pop();
      if (Array.isArray(at)) waiting.push(...(at as unknown[]));
      else if (isNode(at)) {
        if (at['type'] === 'BASE_TABLE' && !isExpression(at) && !this.#seen.has(at))
          throw new QuaestorError(
            'sql_not_read_only',
            'The SQL has a table at a place that is not understood.',
          );
        waiting.push(...Object.values(at));
      }
    }
    return { tables: [...this.#read.tables].sort(), columns: [...this.#read.columns].sort() };
  }

  query(node: DuckDbNode, around: Place): Outputs {
    const ctes = this.#with(node['cte_map'], around);
    const place: Place = { scope: { items: [], outer: around.scope }, ctes };
    if (node['type'] === 'SET_OPERATION_NODE' || node['type'] === 'RECURSIVE_CTE_NODE') {
      const inner: Place = { scope: around.scope, ctes };
      const left = isNode(node['left']) ? this.query(node['left'], inner) : OPEN;
      const right = isNode(node['right']) ? this.query(node['right'], inner) : OPEN;
      const outputs =
        node['setop_type'] === 'UNION_BY_NAME'
          ? { names: [...left.names, ...right.names], isOpen: left.isOpen || right.isOpen }
          : left;
      place.scope.items.push(queryItem(undefined, outputs));
      this.#expressions(node['modifiers'], place);
      return outputs;
    }
    if (isNode(node['from_table'])) this.#from(node['from_table'], place);
    const list = nodesOf(node['select_list']);
    const outputs = outputsOf(list, place.scope);
    // Names of outputs may be used everywhere, also by other outputs.
    const aliases = list.map((each) => textOf(each['alias'])).filter((alias) => alias !== '');
    const named: Place = {
      scope: {
        items: [...place.scope.items, queryItem(undefined, { names: aliases, isOpen: false })],
        outer: around.scope,
      },
      ctes,
    };
    for (const field of [
      'select_list',
      'where_clause',
      'group_expressions',
      'having',
      'qualify',
      'modifiers',
    ])
      this.#expressions(node[field], named);
    return outputs;
  }

  /** With the query's own common table expressions, each of which sees those before it and, where it is recursive, itself. */
  #with(map: unknown, around: Place): Ctes | undefined {
    let ctes = around.ctes;
    for (const { key, value } of nodesOf(isNode(map) ? map['map'] : undefined)) {
      const wrapper = isNode(value) ? value['query'] : undefined;
      const query = isNode(wrapper) ? wrapper['node'] : undefined;
      if (!isNode(query)) continue;
      const given = textsOf((value as DuckDbNode)['aliases']);
      const name = lower(textOf(key));
      const see = (outputs: Outputs): Ctes => ({
        outputs: new Map([[name, renamed(outputs, given)]]),
        outer: ctes,
      });
      if (query['type'] === 'RECURSIVE_CTE_NODE') {
        const first = isNode(query['left']) ? this.query(query['left'], { ...around, ctes }) : OPEN;
        ctes = see(first);
        if (isNode(query['right'])) this.query(query['right'], { ...around, ctes });
      } else ctes = see(this.query(query, { ...around, ctes }));
    }
    return ctes;
  }

  /** Adds what a part of FROM brings into view, from left to right: what stands right may use what stands left. */
  #from(node: DuckDbNode, place: Place): void {
    const alias = textOf(node['alias']);
    const name = alias === '' ? undefined : alias;
    const given = textsOf(node['column_name_alias']);
    const { items } = place.scope;
    switch (node['type']) {
      case 'BASE_TABLE':
        items.push(this.#table(node, place.ctes, name, given));
        return;
      case 'SUBQUERY': {
        const query = isNode(node['subquery']) ? node['subquery']['node'] : undefined;
        const outputs = isNode(query) ? this.query(query, { ...place, scope: copyOf(place.scope) }) : OPEN;
        items.push(queryItem(name, renamed(outputs, given)));
        return;
      }
      case 'JOIN':
        for (const side of [node['left'], node['right']]) if (isNode(side)) this.#from(side, place);
        this.#expressions(node['condition'], place);
        for (const column of textsOf(node['using_columns'])) this.#column([column], place.scope);
        return;
      case 'PIVOT':
        if (isNode(node['source'])) this.#from(node['source'], place);
        this.#expressions(node['aggregates'], place);
        items.push(queryItem(name, OPEN));
        return;
      case 'EMPTY':
        return;
      default:
        this.#expressions([node['function'], node['values']], place);
        items.push(queryItem(name, { names: given, isOpen: given.length === 0 }));
    }
  }

  #table(
    node: DuckDbNode,
    ctes: Ctes | undefined,
    alias: string | undefined,
    given: readonly string[],
  ): Item {
    this.#seen.add(node);
    const written = textOf(node['table_name']);
    const schema = textOf(node['schema_name']);
    const isPlain = schema === '' && !isSet(node['catalog_name']);
    for (let at = isPlain ? ctes : undefined; at; at = at.outer) {
      const outputs = at.outputs.get(lower(written));
      if (outputs) return queryItem(alias ?? written, renamed(outputs, given));
    }
    const isOurs = isPlain || (lower(schema) === 'main' && !isSet(node['catalog_name']));
    const table = isOurs ? this.#byName.get(lower(written)) : undefined;
    if (!table) {
      const path = [textOf(node['catalog_name']), schema, written].filter((part) => part !== '');
      this.#unknown.addTable(path.map(duckDbIdentifier).join('.'), written);
      return queryItem(alias ?? written, OPEN);
    }
    this.#read.tables.add(table.canonicalTableName);
    const columns = [...table.columns].sort((a, b) => a.position - b.position);
    return {
      name: lower(alias ?? written),
      columns: new Map(
        columns.map((column, i) => [lower(given[i] ?? column.name), column.canonicalColumnName]),
      ),
      isOpen: false,
      table,
    };
  }

  /** Every name in an expression, or in any number of them. */
  #expressions(value: unknown, place: Place): void {
    if (Array.isArray(value)) {
      for (const each of value as unknown[]) this.#expressions(each, place);
      return;
    }
    if (!isNode(value)) return;
    switch (value['class']) {
      case 'CONSTANT':
        return;
      case 'COLUMN_REF':
        this.#column(textsOf(value['column_names']), place.scope);
        return;
      case 'SUBQUERY': {
        const query = isNode(value['subquery']) ? value['subquery']['node'] : undefined;
        if (isNode(query)) this.query(query, place);
        this.#expressions(value['child'], place);
        return;
      }
      case 'STAR':
        this.#star(value, place);
        return;
      case 'LAMBDA': {
        // `a -> 'x'` is one as well, and takes a field out of a column.
        const parameters = lambdaParameters(value['lhs']);
        if (!parameters) this.#expressions(value['lhs'], place);
        const own = queryItem(undefined, { names: parameters ?? [], isOpen: false });
        const scope: Scope = { items: [own], outer: place.scope };
        this.#expressions(value['expr'], { ...place, scope });
        return;
      }
      default:
        for (const [field, each] of Object.entries(value))
          if (field !== 'cast_type') this.#expressions(each, place);
    }
  }

  #star(node: DuckDbNode, place: Place): void {
    const relation = textOf(node['relation_name']);
    if (relation !== '') {
      const item = findItem(lower(relation), place.scope);
      if (item) this.#readAll(item);
      else this.#unknown.add('table', duckDbIdentifier(relation), []);
    } else for (const item of place.scope.items) this.#readAll(item);
    this.#expressions([node['replace_list'], node['expr']], place);
  }

  #readAll(item: Item): void {
    for (const canonical of item.columns.values())
      if (canonical !== undefined) this.#read.columns.add(canonical);
  }

  #column(path: readonly string[], scope: Scope): void {
    const names = path.map(lower);
    const isMain = names.length > 2 && names[0] === 'main';
    const [first, second] = isMain ? names.slice(1) : names;
    if (first === undefined) return;
    if (this.#findBare(first, scope)) return;
    const item = findItem(first, scope);
    if (item && second === undefined) {
      // The whole row.
      this.#readAll(item);
      return;
    }
    if (item) {
      const canonical = item.columns.get(second!);
      if (canonical !== undefined) this.#read.columns.add(canonical);
      else if (!item.columns.has(second!) && !item.isOpen)
        this.#addUnknownColumn(path, item.table ? [item.table] : []);
      return;
    }
    if (second === undefined && VALUE_NAMES.has(first)) return;
    this.#addUnknownColumn(path, tablesInView(scope));
  }

  #findBare(name: string, scope: Scope): boolean {
    for (let at: Scope | undefined = scope; at; at = at.outer) {
      const owners = at.items.filter((item) => item.columns.has(name));
      for (const owner of owners) {
        const canonical = owner.columns.get(name);
        if (canonical !== undefined) this.#read.columns.add(canonical);
      }
      if (owners.length > 0 || at.items.some((item) => item.isOpen)) return true;
    }
    return false;
  }

  #addUnknownColumn(path: readonly string[], near: readonly GuardTable[]): void {
    this.#unknown.addColumn(path.map(duckDbIdentifier).join('.'), path.at(-1)!, near);
  }
}

const copyOf = (scope: Scope): Scope => ({ items: [...scope.items], outer: scope.outer });

const queryItem = (name: string | undefined, { isOpen, names }: Outputs): Item => ({
  name: name === undefined ? undefined : lower(name),
  columns: new Map(names.map((each) => [lower(each), undefined])),
  isOpen,
});

/** The outputs under the names that an alias gives to the first of them. */
const renamed = ({ isOpen, names }: Outputs, given: readonly string[]): Outputs => ({
  names: [...given, ...names.slice(isOpen ? 0 : given.length)],
  isOpen,
});

function outputsOf(list: readonly DuckDbNode[], scope: Scope): Outputs {
  const names: string[] = [];
  let isOpen = false;
  for (const node of list) {
    const alias = textOf(node['alias']);
    if (alias !== '') names.push(alias);
    else if (node['class'] === 'COLUMN_REF') names.push(textsOf(node['column_names']).at(-1) ?? '');
    else if (node['class'] === 'STAR' && !isSet(node['expr']) && !isSet(node['rename_list'])) {
      const relation = lower(textOf(node['relation_name']));
      const item = relation === '' ? undefined : findItem(relation, scope);
      const items = relation === '' ? scope.items : item ? [item] : [];
      names.push(...items.flatMap((each) => [...each.columns.keys()]));
      isOpen ||= items.length === 0 || items.some((each) => each.isOpen);
    }
    // Its name is the text of the expression as DuckDB prints it.
    else isOpen = true;
  }
  return { names, isOpen };
}

function findItem(name: string, scope: Scope): Item | undefined {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const item = at.items.find((each) => each.name === name);
    if (item) return item;
  }
  return undefined;
}

function tablesInView(scope: Scope): GuardTable[] {
  const tables: GuardTable[] = [];
  for (let at: Scope | undefined = scope; at; at = at.outer)
    tables.push(...at.items.flatMap((item) => item.table ?? []));
  return tables;
}

/** Names before the arrow; undefined where an expression stands there. */
function lambdaParameters(left: unknown): string[] | undefined {
  if (!isNode(left)) return undefined;
  if (left['class'] === 'COLUMN_REF') {
    const names = textsOf(left['column_names']);
    return names.length === 1 ? names : undefined;
  }
  const isRow = left['class'] === 'FUNCTION' && left['function_name'] === 'row';
  const parts = isRow ? nodesOf(left['children']).map((each) => textsOf(each['column_names'])) : [];
  return isRow && parts.every((names) => names.length === 1) ? parts.flat() : undefined;
}
