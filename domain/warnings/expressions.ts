import { childrenOf, listOf, namesOf, type PlainNode, unwrap } from '../guard/syntax-tree.js';
import type { ShapeItem } from './shape-item.js';

/** A column of the item at an index of the FROM list. */
export interface ColumnUse {
  item: number;
  column: string;
}

export interface Aggregate {
  name: string;
  isDistinct: boolean;
  /** By FILTER. */
  isFiltered: boolean;
  /** Of its arguments, without those of sub-selects. */
  columns: ColumnUse[];
  /** Columns that could not be told to an item. */
  hasUnknown: boolean;
  argument: PlainNode | undefined;
}

/** Texts that a column is compared with by `=`, `IN` or LIKE. */
export interface ValueFilter extends ColumnUse {
  values: string[];
  /** `lower(column) = …` or ILIKE. */
  ignoresCase: boolean;
  /** With `%` and `_`. */
  isPattern: boolean;
}

const AGGREGATES = new Set(
  'sum avg count min max stddev stddev_pop stddev_samp variance var_pop var_samp median string_agg array_agg'.split(
    ' ',
  ),
);

/** Goes through an expression without entering sub-selects. */
function walkOutside(node: PlainNode, visit: (node: PlainNode) => boolean): void {
  if (!visit(node)) return;
  for (const child of childrenOf(node)) if (child.kind !== 'SelectStmt') walkOutside(child, visit);
}

const isAggregate = ({ kind, fields }: PlainNode): boolean =>
  kind === 'FuncCall' &&
  fields['over'] === undefined &&
  AGGREGATES.has((namesOf(fields['funcname']).at(-1) ?? '').toLowerCase());

/** The item of a column by its qualifier, or by the one table that has it. */
export function columnUse(node: PlainNode | undefined, items: readonly ShapeItem[]): ColumnUse | undefined {
  if (node?.kind !== 'ColumnRef') return undefined;
  const names = namesOf(node.fields['fields']);
  const column = names.at(-1);
  if (column === undefined || names.length !== listOf(node.fields['fields']).length) return undefined;
  const qualifier = names.at(-2);
  if (qualifier !== undefined) {
    const item = items.findIndex(
      ({ name, table }) => name === qualifier || (names.length > 2 && table?.tableName === qualifier),
    );
    return item < 0 ? undefined : { item, column };
  }
  if (items.length === 1) return { item: 0, column };
  const owners = items.flatMap(({ table }, index) =>
    table?.columns.some(({ name }) => name === column) ? [index] : [],
  );
  return owners.length === 1 && items.every(({ table }) => table) ? { item: owners[0]!, column } : undefined;
}

export function findColumns(
  node: PlainNode,
  items: readonly ShapeItem[],
  options: { outsideAggregates?: boolean } = {},
): ColumnUse[] {
  const found: ColumnUse[] = [];
  walkOutside(node, (each) => {
    if (options.outsideAggregates && isAggregate(each)) {
      // What an aggregate is filtered by is named on purpose.
      for (const filter of listOf(each.fields['agg_filter'])) found.push(...findColumns(filter, items));
      return false;
    }
    const use = columnUse(each, items);
    if (use) found.push(use);
    return true;
  });
  return found;
}

export function findAggregates(node: PlainNode, items: readonly ShapeItem[]): Aggregate[] {
  const found: Aggregate[] = [];
  walkOutside(node, (each) => {
    if (!isAggregate(each)) return true;
    const args = listOf(each.fields['args']);
    let references = 0;
    for (const argument of args)
      walkOutside(argument, ({ kind }) => {
        if (kind === 'ColumnRef') references += 1;
        return true;
      });
    const columns = args.flatMap((argument) => findColumns(argument, items));
    found.push({
      name: namesOf(each.fields['funcname']).at(-1)!.toLowerCase(),
      isDistinct: each.fields['agg_distinct'] === true,
      isFiltered: each.fields['agg_filter'] !== undefined,
      columns,
      hasUnknown: columns.length < references,
      argument: args[0],
    });
    return false;
  });
  return found;
}

/** The sub-selects of an expression, the outermost ones. */
export function findSelects(node: PlainNode): PlainNode['fields'][] {
  const found: PlainNode['fields'][] = [];
  const visit = (each: PlainNode): void => {
    if (each.kind === 'SelectStmt') found.push(each.fields);
    else for (const child of childrenOf(each)) visit(child);
  };
  visit(node);
  return found;
}

/** The parts of a condition that must all hold. */
export function conjunctsOf(condition: PlainNode): PlainNode[] {
  const isAnd = condition.kind === 'BoolExpr' && condition.fields['boolop'] === 'AND_EXPR';
  return isAnd ? listOf(condition.fields['args']).flatMap(conjunctsOf) : [condition];
}

/** The text of a constant, also behind a cast; undefined for anything else. */
export function constantOf(node: PlainNode | undefined): { text?: string } | undefined {
  if (node?.kind === 'TypeCast') return constantOf(unwrap(node.fields['arg']));
  if (node?.kind !== 'A_Const') return undefined;
  const text = node.fields['sval'] as { sval?: string } | undefined;
  return text ? { text: text.sval ?? '' } : {};
}

interface Comparison {
  equal?: [ColumnUse, ColumnUse];
  fixed?: ColumnUse;
  filter?: ValueFilter;
}

/** `a.x = b.y`, `x = 'text'`, `x IN ('a', 'b')`, `lower(x) = 'text'`, `x ILIKE '%text%'`. */
export function readComparison(node: PlainNode, items: readonly ShapeItem[]): Comparison | undefined {
  if (node.kind !== 'A_Expr') return undefined;
  const operator = namesOf(node.fields['name'])[0];
  const kind = node.fields['kind'];
  const sides = [unwrap(node.fields['lexpr']), unwrap(node.fields['rexpr'])] as const;
  if (kind === 'AEXPR_OP' && operator === '=') {
    const [left, right] = sides.map((side) => columnUse(stripped(side).node, items));
    if (left && right && left.item !== right.item) return { equal: [left, right] };
    const column = left ?? right;
    const constant = constantOf(left ? sides[1] : sides[0]);
    if (!column || !constant) return undefined;
    const ignoresCase = stripped(left ? sides[0] : sides[1]).isFolded;
    const filter =
      constant.text === undefined
        ? {}
        : { filter: { ...column, values: [constant.text], ignoresCase, isPattern: false } };
    return { fixed: column, ...filter };
  }
  const { node: operand, isFolded } = stripped(sides[0]);
  const column = columnUse(operand, items);
  if (!column) return undefined;
  if (kind === 'AEXPR_IN' && operator === '=') {
    const constants = listOf(sides[1]?.fields['items']).map(constantOf);
    const values = constants.flatMap((constant) => constant?.text ?? []);
    return values.length > 0 && values.length === constants.length
      ? { filter: { ...column, values, ignoresCase: isFolded, isPattern: false } }
      : undefined;
  }
  if ((kind === 'AEXPR_LIKE' && operator === '~~') || (kind === 'AEXPR_ILIKE' && operator === '~~*')) {
    const text = constantOf(sides[1])?.text;
    if (text === undefined) return undefined;
    const ignoresCase = isFolded || kind === 'AEXPR_ILIKE';
    return { filter: { ...column, values: [text], ignoresCase, isPattern: true } };
  }
  return undefined;
}

/** Without casts and without `lower`, `upper` and `trim`. */
function stripped(node: PlainNode | undefined): { node: PlainNode | undefined; isFolded: boolean } {
  if (node?.kind === 'TypeCast') return stripped(unwrap(node.fields['arg']));
  const name = node?.kind === 'FuncCall' ? (namesOf(node.fields['funcname']).at(-1) ?? '') : '';
  if (!/^(lower|upper|trim|btrim)$/.test(name)) return { node, isFolded: false };
  return { node: stripped(listOf(node?.fields['args'])[0]).node, isFolded: true };
}
