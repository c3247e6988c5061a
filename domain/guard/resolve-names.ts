import { QuaestorError } from '../../contracts/quaestor-error.js';
import { quoteIdentifier } from '../canonical-names.js';
import { ALLOWED_FUNCTIONS } from './allowed-functions.js';
import { functionsNotAllowed } from './check-read-only.js';
import { functionItems, RECORD_FIELDS } from './function-item.js';
import {
  aliasOf,
  type Cte,
  type CteScope,
  type FromItem,
  findCte,
  findItem,
  type NameScope,
  type Outputs,
  queryItem,
  renamed,
  SYSTEM_COLUMNS,
  tableItem,
  tablesInView,
} from './name-scope.js';
import { outputName } from './output-names.js';
import { childrenOf, listOf, namesOf, type PlainNode, unwrap, walk } from './syntax-tree.js';
import { createTableIndex, type TableIndex } from './table-index.js';
import { UnknownNames } from './unknown-names.js';
import type { GuardTable } from './verdict.js';

export interface ResolveOptions {
  tables: readonly GuardTable[];
  /** Schemas that unqualified names are looked up in, in order; `['public']` unless given. */
  searchPath?: readonly string[];
  /** As for `checkReadOnly`. */
  extraFunctions?: readonly string[];
}

/** Canonical names of what a query reads, sorted. */
export interface ResolvedNames {
  tables: string[];
  columns: string[];
}

interface Findings {
  index: TableIndex;
  extraFunctions: ReadonlySet<string>;
  tables: Set<string>;
  columns: Set<string>;
  unknown: UnknownNames;
  /** Names of functions called as if they were fields. */
  calls: Set<string>;
  /** Nodes that name something and have been looked at. */
  seen: Set<PlainNode['fields']>;
}

/** Where an expression stands. */
interface Place {
  scope: NameScope;
  ctes: CteScope | undefined;
}

type Fields = PlainNode['fields'];
const selectNode = (fields: unknown): PlainNode => ({ kind: 'SelectStmt', fields: fields as Fields });
const UNKNOWN_OUTPUTS: Outputs = { names: [], isOpen: true };

/**
 * Finds the table and column behind every name of a query as Postgres does: common table expressions with their scopes, search
 * path, LATERAL, aliases, names of outputs. What depends on types (columns of functions in FROM) is left to the database, but
 * never where a name could be a function: Postgres takes `(x).f` and `x.f` for `f(x)` if x has no field f.
 *
 * What Postgres would accept is refused only on purpose: system catalogs; functions written as fields, for which a field of a
 * composite type that neither a table of the index nor a built-in function has is taken as well (put it into `extraFunctions`).
 *
 * @param query a SelectStmt that `checkReadOnly` let pass
 * @throws QuaestorError `sql_unknown_table`, `sql_unknown_function`, both with `details.unknown`
 */
export const resolveNames = (query: PlainNode, options: ResolveOptions): ResolvedNames => {
  const index = createTableIndex(options.tables, options.searchPath);
  const found: Findings = {
    index,
    extraFunctions: new Set(options.extraFunctions),
    tables: new Set(),
    columns: new Set(),
    unknown: new UnknownNames(index.tables, 'Not in the index'),
    calls: new Set(),
    seen: new Set(),
  };
  resolveSelect(query, { scope: { items: [], outer: undefined }, ctes: undefined }, found);
  if (found.calls.size > 0) throw functionsNotAllowed([...found.calls], found.extraFunctions);
  found.unknown.throwIfAny();
  // A place of the tree that was forgotten above must not become a way around it.
  walk(query, ({ kind, fields }) => {
    const isName = kind === 'ColumnRef' || kind === 'RangeVar' || kind === 'A_Indirection';
    if (isName && !found.seen.has(fields))
      throw new QuaestorError('sql_not_read_only', 'The SQL has a name at a place that is not understood.');
  });
  return { tables: [...found.tables].sort(), columns: [...found.columns].sort() };
};

/**
 * @param place `place.scope` is what surrounds the query, not its own FROM list
 * @param onFirstOutputs called with the outputs of the left side of a UNION before the right one is resolved
 */
const resolveSelect = (
  { fields }: PlainNode,
  place: Place,
  found: Findings,
  onFirstOutputs?: (outputs: Outputs) => void,
): Outputs => {
  const ctes = resolveWith(fields['withClause'], place, found);
  const own: NameScope = { items: [], outer: place.scope };
  const here: Place = { scope: own, ctes };
  let outputs: Outputs;
  if (fields['larg'] && fields['rarg']) {
    const around: Place = { scope: place.scope, ctes };
    outputs = resolveSelect(selectNode(fields['larg']), around, found);
    onFirstOutputs?.(outputs);
    resolveSelect(selectNode(fields['rarg']), around, found);
  } else {
    for (const node of listOf(fields['fromClause'])) addFromItem(node, here, found);
    for (const field of ['valuesLists', 'targetList', 'whereClause', 'havingClause', 'windowClause'])
      for (const node of listOf(fields[field])) resolveExpression(node, here, found);
    outputs = outputsOf(fields, own);
  }
  for (const field of ['limitCount', 'limitOffset'])
    for (const node of listOf(fields[field])) resolveExpression(node, here, found);
  for (const field of ['sortClause', 'groupClause', 'distinctClause'])
    for (const node of listOf(fields[field])) resolveByName(node, outputs, here, found);
  return outputs;
};

const outputsOf = (fields: Fields, own: NameScope): Outputs => {
  const [values] = listOf(fields['valuesLists']);
  if (values) return { names: listOf(values.fields['items']).map((_, i) => `column${i + 1}`), isOpen: false };
  const names: string[] = [];
  let isOpen = false;
  for (const target of listOf(fields['targetList'])) {
    const name = outputName(target);
    const column = unwrap(target.fields['val']);
    if (name !== undefined) names.push(name);
    else if (column?.kind === 'ColumnRef') {
      const qualifier = namesOf(column.fields['fields']);
      const item = qualifier.length > 0 ? findItem(qualifier, own) : undefined;
      const items = qualifier.length === 0 ? own.items : item ? [item] : [];
      names.push(...items.flatMap((each) => [...each.columns.keys()]));
      // USING and NATURAL merge columns, so that the order is another one.
      isOpen ||= items.length !== 1 || items.some((each) => each.isOpen);
    } else isOpen = true;
  }
  return { names, isOpen };
};

/** The scope with the query's own common table expressions; all of them are resolved on return. */
const resolveWith = (withClause: unknown, place: Place, found: Findings): CteScope | undefined => {
  if (withClause === undefined) return place.ctes;
  const { ctes: list, recursive } = withClause as { ctes?: unknown; recursive?: boolean };
  const ctes = new Map<string, Cte>();
  let scope: CteScope = { ctes, outer: place.ctes };
  for (const { fields } of listOf(list)) {
    const name = String(fields['ctename']);
    const cte = createCte(fields, { scope: place.scope, ctes: scope }, found);
    if (recursive) ctes.set(name, cte);
    else {
      cte.outputs();
      scope = { ctes: new Map([[name, cte]]), outer: scope };
    }
  }
  for (const cte of ctes.values()) cte.outputs();
  return scope;
};

const createCte = (fields: Fields, place: Place, found: Findings): Cte => {
  let outputs: Outputs | undefined;
  const given = namesOf(fields['aliascolnames']);
  const { cycle_mark_column: mark, cycle_path_column: path } = (fields['cycle_clause'] ?? {}) as Fields;
  const { search_seq_column: sequence } = (fields['search_clause'] ?? {}) as Fields;
  const added = [sequence, mark, path].filter((name) => typeof name === 'string');
  return {
    outputs: () => {
      if (outputs) return outputs;
      // What a recursive reference sees: the outputs of the left side of the UNION as soon as they are known.
      outputs = renamed(UNKNOWN_OUTPUTS, given);
      for (const query of listOf(fields['ctequery'])) {
        const all = resolveSelect(query, place, found, (first) => {
          outputs = renamed(first, given);
        });
        outputs = renamed(all, given);
      }
      outputs = { ...outputs, names: [...outputs.names, ...added] };
      return outputs;
    },
  };
};

/** Adds what a part of the FROM list brings into view to `place.scope`, from left to right. */
const addFromItem = (node: PlainNode, place: Place, found: Findings): void => {
  const { kind, fields } = node;
  const { ctes, scope } = place;
  const alias = aliasOf(fields['alias']);
  switch (kind) {
    case 'RangeVar':
      scope.items.push(resolveTable(fields, ctes, found));
      return;
    case 'RangeTableSample':
      for (const table of listOf(fields['relation'])) addFromItem(table, place, found);
      for (const argument of [...listOf(fields['args']), ...listOf(fields['repeatable'])])
        resolveExpression(argument, place, found);
      return;
    case 'RangeSubselect': {
      const around = fields['lateral'] === true ? scope : scope.outer!;
      // A copy: what comes later in the FROM list is not in view, and its names may mean something further out.
      const visible: NameScope = { items: [...around.items], outer: around.outer };
      for (const query of listOf(fields['subquery'])) {
        const outputs = resolveSelect(query, { scope: visible, ctes }, found);
        scope.items.push(queryItem(alias.name, renamed(outputs, alias.columns)));
      }
      return;
    }
    case 'JoinExpr':
      addJoin(fields, place, found);
      return;
    default:
      // Functions and JSON_TABLE: they see what stands left of them.
      for (const child of childrenOf(node)) resolveExpression(child, place, found);
      scope.items.push(
        ...functionItems(
          node,
          (name) => ALLOWED_FUNCTIONS.has(name),
          () => found.index.columnNames(),
        ),
      );
  }
};

const addJoin = (fields: Fields, place: Place, found: Findings): void => {
  const { ctes, scope } = place;
  const start = scope.items.length;
  for (const side of [fields['larg'], fields['rarg']])
    for (const part of listOf(side)) addFromItem(part, place, found);
  const joined = scope.items.slice(start);
  for (const condition of listOf(fields['quals']))
    resolveExpression(condition, { scope: { items: joined, outer: scope.outer }, ctes }, found);
  const alias = aliasOf(fields['alias']);
  const usingAlias = aliasOf(fields['join_using_alias']).name;
  if (alias.name !== undefined) {
    const names = joined.flatMap((item) => [...item.columns.keys()]);
    const outputs: Outputs = {
      names: [...alias.columns, ...names],
      isOpen: joined.some((item) => item.isOpen),
    };
    scope.items.splice(start, joined.length, queryItem(alias.name, outputs));
  } else if (usingAlias !== undefined) {
    const outputs: Outputs = { names: namesOf(fields['usingClause']), isOpen: false };
    scope.items.push({ ...queryItem(usingAlias, outputs), isQualifierOnly: true });
  }
};

const resolveTable = (fields: Fields, ctes: CteScope | undefined, found: Findings): FromItem => {
  found.seen.add(fields);
  const { schemaname, relname = '' } = fields as { schemaname?: string; relname?: string };
  const alias = aliasOf(fields['alias']);
  const name = alias.name ?? relname;
  const cte = schemaname === undefined ? findCte(ctes, relname) : undefined;
  if (cte) return queryItem(name, renamed(cte.outputs(), alias.columns));
  const table = found.index.find(schemaname, relname);
  if (table) {
    found.tables.add(table.canonicalTableName);
    return tableItem(table, fields['alias']);
  }
  const asWritten = [...(schemaname === undefined ? [] : [schemaname]), relname];
  found.unknown.addTable(asWritten.map(quoteIdentifier).join('.'), relname);
  return queryItem(name, UNKNOWN_OUTPUTS);
};

const resolveExpression = (node: PlainNode, place: Place, found: Findings): void => {
  if (node.kind === 'SelectStmt') resolveSelect(node, place, found);
  else if (node.kind === 'ColumnRef') resolveColumn(node.fields, place.scope, found);
  else {
    if (node.kind === 'A_Indirection') resolveFields(node.fields, place.scope, found);
    for (const child of childrenOf(node)) resolveExpression(child, place, found);
  }
};

/** An item of ORDER BY, GROUP BY or DISTINCT ON, where a bare name may be that of an output. */
const resolveByName = (node: PlainNode, outputs: Outputs, place: Place, found: Findings): void => {
  if (node.kind === 'ColumnRef') {
    const [name, more] = namesOf(node.fields['fields']);
    if (name === undefined || more !== undefined) resolveColumn(node.fields, place.scope, found);
    else if (outputs.isOpen || outputs.names.includes(name)) found.seen.add(node.fields);
    else resolveColumn(node.fields, place.scope, found);
  } else if (node.kind === 'SortBy' || node.kind === 'GroupingSet' || node.kind === 'RowExpr')
    for (const child of childrenOf(node)) resolveByName(child, outputs, place, found);
  else resolveExpression(node, place, found);
};

/** `(expression).field` and `array[1].field`: each must be known as a column, or be a function that is allowed. */
const resolveFields = (fields: Fields, scope: NameScope, found: Findings): void => {
  found.seen.add(fields);
  const names = namesOf(fields['indirection']);
  if (isColumnOfRow(fields, scope)) names.shift();
  for (const name of names) {
    const isField = RECORD_FIELDS.has(name) || /^f\d+$/.test(name) || found.index.columnNames().has(name);
    if (!isField && !ALLOWED_FUNCTIONS.has(name) && !found.extraFunctions.has(name)) found.calls.add(name);
  }
};

/** Whether it is `(row).column` of something in the same FROM list, and `row` can be nothing else, such as a column. */
const isColumnOfRow = (fields: Fields, scope: NameScope): boolean => {
  const argument = unwrap(fields['arg']);
  const [field] = listOf(fields['indirection']);
  const [row, more] = argument?.kind === 'ColumnRef' ? namesOf(argument.fields['fields']) : [];
  if (row === undefined || more !== undefined || field?.kind !== 'String') return false;
  if (scope.items.some((item) => item.isOpen || item.columns.has(row))) return false;
  const item = scope.items.find((each) => each.name === row);
  return item?.columns.has(String(field.fields['sval'])) === true;
};

const addAllColumns = (item: FromItem, found: Findings): void => {
  if (item.table) for (const canonical of item.columns.values()) found.columns.add(canonical!);
};

const addUnknownColumn = (names: readonly string[], near: readonly GuardTable[], found: Findings): void => {
  found.unknown.addColumn(names.map(quoteIdentifier).join('.'), names.at(-1)!, near);
};

/** A ColumnRef: names, the last may be `*`. */
const resolveColumn = (fields: Fields, scope: NameScope, found: Findings): void => {
  found.seen.add(fields);
  const names = namesOf(fields['fields']);
  if (listOf(fields['fields']).at(-1)?.kind === 'A_Star') {
    const item = findItem(names, scope);
    if (names.length === 0) for (const each of scope.items) addAllColumns(each, found);
    else if (item) addAllColumns(item, found);
    else addUnknownColumn([...names, '*'], [], found);
  } else if (names.length === 1) resolveBareColumn(names[0]!, scope, found);
  else {
    const item = findItem(names.slice(0, -1), scope);
    if (item) resolveQualified(item, names, found);
    else addUnknownColumn(names, tablesInView(scope), found);
  }
};

const resolveQualified = (item: FromItem, names: readonly string[], found: Findings): void => {
  const column = names.at(-1)!;
  const canonical = item.columns.get(column);
  if (canonical !== undefined) found.columns.add(canonical);
  else if (
    !item.columns.has(column) &&
    !item.isOpenToQualified &&
    !(item.table && SYSTEM_COLUMNS.has(column))
  )
    addUnknownColumn(names, item.table ? [item.table] : [], found);
};

const resolveBareColumn = (column: string, scope: NameScope, found: Findings): void => {
  for (let at: NameScope | undefined = scope; at; at = at.outer) {
    const items = at.items.filter((item) => !item.isQualifierOnly);
    const owners = items.filter((item) => item.columns.has(column));
    for (const owner of owners) {
      const canonical = owner.columns.get(column);
      if (canonical !== undefined) found.columns.add(canonical);
    }
    if (owners.length > 0 || items.some((item) => item.isOpen)) return;
    if (SYSTEM_COLUMNS.has(column) && items.some((item) => item.table)) return;
  }
  const row = findItem([column], scope);
  if (row) addAllColumns(row, found);
  else addUnknownColumn([column], tablesInView(scope), found);
};
