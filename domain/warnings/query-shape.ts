import type { RegistryColumn, RegistryTable, SchemaContext } from '../../contracts/schema-registry.js';
import { outputName } from '../guard/output-names.js';
import { listOf, namesOf, type PlainNode, type SyntaxTree, unwrap, walk } from '../guard/syntax-tree.js';
import {
  type Aggregate,
  type ColumnUse,
  conjunctsOf,
  findAggregates,
  findColumns,
  findSelects,
  readComparison,
  type ValueFilter,
} from './expressions.js';
import type { ShapeItem } from './shape-item.js';

/** One SELECT of a query, as far as warnings need to know it. Names that cannot be told are left out. */
export interface SelectShape {
  items: ShapeItem[];
  /** Pairs of columns that must be equal. */
  equalities: [ColumnUse, ColumnUse][];
  /** Those of inner joins and of WHERE, outside of what an outer join may leave empty: a row where one of the two is empty is left out. */
  innerLinks: [ColumnUse, ColumnUse][];
  /** What else must hold of each row, part by part, but for conditions of outer joins. */
  conditions: Condition[];
  /** It stands in a condition or in an expression of another query. */
  isCondition: boolean;
  /** Columns that are compared with one constant. */
  fixed: ColumnUse[];
  filters: ValueFilter[];
  aggregates: Aggregate[];
  groupColumns: ColumnUse[];
  isGrouped: boolean;
  /** By HAVING or LIMIT. */
  dropsGroups: boolean;
  hasGroupingSets: boolean;
  /** Columns named anywhere but inside aggregates: they are shown, grouped, filtered or joined by. */
  usedOutside: ColumnUse[];
  /** The expressions of the SELECT list, HAVING and ORDER BY. */
  expressions: PlainNode[];
  /** What the rows are sorted by, names and places of outputs as what they stand for. */
  sortKeys: PlainNode[];
}

/** A part of a condition that is not an equality of two columns. */
export interface Condition {
  node: PlainNode;
  uses: ColumnUse[];
  /** It also speaks of columns that could not be told to an item, or of another query. */
  hasUnknown: boolean;
}

type Ctes = ReadonlyMap<string, Pick<ShapeItem, 'keys' | 'isSingle'>>;

/** Reads every SELECT of a parsed query, inner ones first. */
export function queryShapes(tree: SyntaxTree, schema: SchemaContext): SelectShape[] {
  const shapes: SelectShape[] = [];
  for (const { stmt } of tree.stmts ?? []) {
    const node = unwrap(stmt);
    if (node?.kind === 'SelectStmt') new Reader(schema, shapes).select(node.fields, new Map());
  }
  return shapes;
}

/** The tables of the registry that the shapes read, by canonical name, sorted. */
export const tablesOf = (shapes: readonly SelectShape[]): string[] =>
  [
    ...new Set(shapes.flatMap(({ items }) => items.flatMap(({ table }) => table?.canonicalTableName ?? []))),
  ].sort();

/** The registry's column behind a use; undefined where it is not a table's. */
export const registryColumn = (shape: SelectShape, use: ColumnUse): RegistryColumn | undefined =>
  shape.items[use.item]?.table?.columns.find(({ name }) => name === use.column);

type Fields = PlainNode['fields'];

class Reader {
  constructor(
    private readonly schema: SchemaContext,
    private readonly shapes: SelectShape[],
  ) {}

  /** Returns what is known of the rows of the query. */
  select(fields: Fields, around: Ctes, isCondition = false): Pick<ShapeItem, 'keys' | 'isSingle'> {
    const ctes = this.#withCtes(fields['withClause'], around);
    if (fields['larg'] && fields['rarg']) {
      this.select(fields['larg'] as Fields, ctes, isCondition);
      this.select(fields['rarg'] as Fields, ctes, isCondition);
      return { keys: [], isSingle: false };
    }
    const isGrouped = listOf(fields['groupClause']).length > 0;
    const shape: SelectShape = {
      items: [],
      equalities: [],
      innerLinks: [],
      conditions: [],
      isCondition,
      fixed: [],
      filters: [],
      aggregates: [],
      groupColumns: [],
      isGrouped,
      dropsGroups: isGrouped && (fields['havingClause'] !== undefined || fields['limitCount'] !== undefined),
      hasGroupingSets: listOf(fields['groupClause']).some(({ kind }) => kind === 'GroupingSet'),
      usedOutside: [],
      expressions: [],
      sortKeys: [],
    };
    for (const node of listOf(fields['fromClause'])) this.#from(node, shape, ctes, false);
    for (const condition of listOf(fields['whereClause'])) this.#condition(condition, shape, true);
    const targets = listOf(fields['targetList']).flatMap((target) => listOf(target.fields['val']));
    shape.expressions = [...targets, ...listOf(fields['havingClause']), ...listOf(fields['sortClause'])];
    shape.sortKeys = listOf(fields['sortClause']).flatMap((sort) =>
      listOf(sort.fields['node']).map((node) => resolveOutput(node, fields['targetList'])),
    );
    shape.aggregates = shape.expressions.flatMap((node) => findAggregates(node, shape.items));
    const groups = listOf(fields['groupClause']).flatMap((node) =>
      isGroupByAll(node)
        ? targets.filter((target) => findAggregates(target, shape.items).length === 0)
        : [resolveOutput(node, fields['targetList'])],
    );
    shape.groupColumns = groups.flatMap((node) => findColumns(node, shape.items));
    shape.usedOutside = [
      ...shape.groupColumns,
      ...[...shape.expressions, ...listOf(fields['whereClause'])].flatMap((node) =>
        findColumns(node, shape.items, { outsideAggregates: true }),
      ),
      ...shape.equalities.flat(),
    ];
    for (const node of [...shape.expressions, ...listOf(fields['whereClause'])])
      for (const select of findSelects(node)) this.select(select, ctes, true);
    this.shapes.push(shape);
    return rowsOf(fields, shape, groups);
  }

  #withCtes(withClause: unknown, around: Ctes): Ctes {
    const ctes = new Map(around);
    for (const { fields } of listOf((withClause as Fields | undefined)?.['ctes'])) {
      const [query] = listOf(fields['ctequery']);
      const known =
        query?.kind === 'SelectStmt' ? this.select(query.fields, ctes) : { keys: [], isSingle: false };
      const isRenamed = namesOf(fields['aliascolnames']).length > 0;
      ctes.set(String(fields['ctename']), isRenamed ? { ...known, keys: [] } : known);
    }
    return ctes;
  }

  /** @param isOptional it stands on the side of an outer join that may stay empty */
  #from(node: PlainNode, shape: SelectShape, ctes: Ctes, isOptional: boolean): void {
    const { kind, fields } = node;
    const alias = (fields['alias'] as Fields | undefined)?.['aliasname'];
    if (kind === 'JoinExpr') {
      const start = shape.items.length;
      const type = fields['jointype'];
      const [keepsLeft, keepsRight] = [/LEFT|FULL/, /RIGHT|FULL/].map((kept) => kept.test(String(type)));
      for (const side of listOf(fields['larg'])) this.#from(side, shape, ctes, isOptional || keepsRight!);
      const middle = shape.items.length;
      for (const side of listOf(fields['rarg'])) this.#from(side, shape, ctes, isOptional || keepsLeft!);
      const isInner = type === 'JOIN_INNER' && !isOptional;
      for (const condition of listOf(fields['quals'])) this.#condition(condition, shape, isInner);
      const before = shape.equalities.length;
      for (const column of namesOf(fields['usingClause'])) linkUsing(shape, column, start, middle);
      if (isInner) shape.innerLinks.push(...shape.equalities.slice(before));
      return;
    }
    if (kind === 'RangeVar') {
      const name = String(fields['relname']);
      const cte = fields['schemaname'] === undefined ? ctes.get(name) : undefined;
      const table = cte ? undefined : this.#table(fields['schemaname'] as string | undefined, name);
      const own = table ? { table, keys: keysOf(table, this.schema) } : { keys: cte?.keys ?? [] };
      shape.items.push({ name: String(alias ?? name), isSingle: cte?.isSingle ?? false, ...own });
      return;
    }
    const [query] = kind === 'RangeSubselect' ? listOf(fields['subquery']) : [];
    const known =
      query?.kind === 'SelectStmt' ? this.select(query.fields, ctes) : { keys: [], isSingle: false };
    // What a LATERAL sub-select gives depends on the row beside it: nothing is claimed of it.
    const isSingle = known.isSingle || fields['lateral'] === true;
    shape.items.push({ name: String(alias ?? ''), keys: known.keys, isSingle });
  }

  #condition(condition: PlainNode, shape: SelectShape, isInner: boolean): void {
    for (const conjunct of conjunctsOf(condition)) {
      const read = readComparison(conjunct, shape.items);
      if (isInner && read?.equal) shape.innerLinks.push(read.equal);
      else if (isInner) shape.conditions.push(conditionOf(conjunct, shape.items));
      if (!read) continue;
      if (read.equal) shape.equalities.push(read.equal);
      if (read.fixed) shape.fixed.push(read.fixed);
      if (read.filter) shape.filters.push(read.filter);
    }
  }

  #table(schemaName: string | undefined, name: string): RegistryTable | undefined {
    const named = this.schema.tables.filter(({ tableName }) => tableName === name);
    if (schemaName !== undefined) return named.find((table) => table.schemaName === schemaName);
    return (
      named.find((table) => table.schemaName === 'public') ?? (named.length === 1 ? named[0] : undefined)
    );
  }
}

function conditionOf(node: PlainNode, items: readonly ShapeItem[]): Condition {
  const uses = findColumns(node, items);
  let references = 0;
  let hasQuery = false;
  walk(node, ({ kind }) => {
    if (kind === 'ColumnRef') references += 1;
    if (kind === 'SelectStmt') hasQuery = true;
  });
  return { node, uses, hasUnknown: hasQuery || references > uses.length };
}

/** Primary key, and columns that a foreign key points at: these must be unique. */
function keysOf(table: RegistryTable, { foreignKeys }: SchemaContext): string[][] {
  const primary = table.columns.filter(({ isPrimaryKey }) => isPrimaryKey).map(({ name }) => name);
  const targets = foreignKeys
    .filter(({ toTable }) => toTable === table.canonicalTableName)
    .map(({ toColumns }) => toColumns);
  return [...(primary.length > 0 ? [primary] : []), ...targets];
}

const ALL_COLUMNS = '*all*';

/** DuckDB's SQL with `GROUP BY ALL` as a name that Postgres' parser takes and `queryShapes` knows, and without `ORDER BY ALL`. To be read, not run. */
export const duckDbAsPostgres = (sql: string): string =>
  sql
    .replace(/\bGROUP\s+BY\s+ALL\b/gi, `GROUP BY "${ALL_COLUMNS}"`)
    .replace(/\bORDER\s+BY\s+ALL\b(\s+(ASC|DESC)\b)?/gi, '');

const isGroupByAll = ({ fields, kind }: PlainNode): boolean =>
  kind === 'ColumnRef' && namesOf(fields['fields'])[0] === ALL_COLUMNS;

/** `GROUP BY 1` and `ORDER BY name_of_an_output` mean an expression of the SELECT list. */
function resolveOutput(node: PlainNode, targetList: unknown): PlainNode {
  const targets = listOf(targetList);
  const position = (node.fields['ival'] as { ival?: number } | undefined)?.ival;
  const names = node.kind === 'ColumnRef' ? namesOf(node.fields['fields']) : [];
  const target =
    node.kind === 'A_Const' && position !== undefined
      ? targets[position - 1]
      : names.length === 1
        ? targets.find(({ fields }) => fields['name'] === names[0])
        : undefined;
  return listOf(target?.fields['val'])[0] ?? node;
}

function rowsOf(
  fields: Fields,
  shape: SelectShape,
  groups: readonly PlainNode[],
): Pick<ShapeItem, 'keys' | 'isSingle'> {
  const limit = unwrap(fields['limitCount'])?.fields['ival'] as { ival?: number } | undefined;
  const isSingle = limit?.ival === 1 || (!shape.isGrouped && shape.aggregates.length > 0);
  if (shape.hasGroupingSets) return { keys: [], isSingle };
  const targets = listOf(fields['targetList']);
  const same = (a: PlainNode, b: PlainNode | undefined) =>
    b !== undefined && withoutPlaces(a.fields) === withoutPlaces(b.fields) && a.kind === b.kind;
  if (shape.isGrouped) {
    const names = groups.map((group) => {
      const target = targets.find(({ fields: own }) => same(group, listOf(own['val'])[0]));
      return target && outputName(target);
    });
    return { keys: names.every((name) => name !== undefined) ? [names] : [], isSingle };
  }
  if (fields['distinctClause'] === undefined) return { keys: [], isSingle };
  const names = targets.map(outputName);
  return { keys: names.every((name) => name !== undefined) ? [names] : [], isSingle };
}

const withoutPlaces = (fields: Fields): string =>
  JSON.stringify(fields, (key, value: unknown) => (key === 'location' ? undefined : value));

/** `JOIN … USING (column)`: the nearest item on the left that may have the column, and the one on the right. */
function linkUsing(shape: SelectShape, column: string, start: number, middle: number): void {
  const has = (index: number) =>
    shape.items[index]?.table ? shape.items[index].table.columns.some(({ name }) => name === column) : true;
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
  const left = range(start, middle).filter(has);
  const right = range(middle, shape.items.length).filter(has);
  for (const a of left)
    for (const b of right)
      shape.equalities.push([
        { item: a, column },
        { item: b, column },
      ]);
}
