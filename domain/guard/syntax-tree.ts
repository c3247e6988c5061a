import type { Node } from 'libpg-query';

/** What libpg-query makes of a text: `parse()`'s result. */
export interface SyntaxTree {
  stmts?: { stmt?: Node; stmt_location?: number; stmt_len?: number }[];
}

/** One node with its fields, seen without its type. */
export interface PlainNode {
  kind: string;
  fields: Readonly<Record<string, unknown>>;
}

/**
 * Kinds of the nodes that stand in a field of their own type, where libpg-query leaves out the wrapper that names the kind
 * (`"alias": {…}` instead of `"alias": {"Alias": {…}}`).
 */
const INLINE_KINDS = new Map<string, string>(
  Object.entries({
    alias: 'Alias',
    collClause: 'CollateClause',
    cycle_clause: 'CTECycleClause',
    format: 'JsonFormat',
    intoClause: 'IntoClause',
    join_using_alias: 'Alias',
    larg: 'SelectStmt',
    on_empty: 'JsonBehavior',
    on_error: 'JsonBehavior',
    output: 'JsonOutput',
    over: 'WindowDef',
    rarg: 'SelectStmt',
    returning: 'JsonReturning',
    search_clause: 'CTESearchClause',
    typeName: 'TypeName',
    withClause: 'WithClause',
    constructor: 'JsonAggConstructor',
    context_item: 'JsonValueExpr',
    // Of other statements; named so that they are told by their kind.
    relation: 'RangeVar',
  }),
);
/** Fields whose kind depends on what they stand in. */
const INLINE_KINDS_OF = new Map<string, string>(
  Object.entries({
    'JsonArgument.val': 'JsonValueExpr',
    'JsonArrayAgg.arg': 'JsonValueExpr',
    'JsonKeyValue.value': 'JsonValueExpr',
    'JsonObjectAgg.arg': 'JsonKeyValue',
    'JsonParseExpr.expr': 'JsonValueExpr',
    'JsonSerializeExpr.expr': 'JsonValueExpr',
    'JsonTable.pathspec': 'JsonTablePathSpec',
    'JsonTableColumn.pathspec': 'JsonTablePathSpec',
  }),
);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The node in a wrapper `{ Kind: fields }`; undefined if the value is not one. */
export const unwrap = (value: unknown): PlainNode | undefined => {
  if (!isObject(value)) return undefined;
  const [entry, more] = Object.entries(value);
  return entry && !more && /^[A-Z]/.test(entry[0]) && isObject(entry[1])
    ? { kind: entry[0], fields: entry[1] }
    : undefined;
};

/** The nodes right below a node, in the order of its fields. A field of unknown kind gives a node of kind `?field`. */
export const childrenOf = ({ kind, fields }: PlainNode): PlainNode[] => {
  if (kind === 'A_Const') return [];
  const children: PlainNode[] = [];
  const add = (field: string, value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) add(field, item);
    else if (isObject(value) && Object.keys(value).length > 0) {
      const wrapped = unwrap(value);
      children.push(
        wrapped ?? {
          kind: INLINE_KINDS_OF.get(`${kind}.${field}`) ?? INLINE_KINDS.get(field) ?? `?${field}`,
          fields: value,
        },
      );
    }
  };
  for (const [field, value] of Object.entries(fields)) add(field, value);
  return children;
};

/** Calls `visit` for the node and all below it, parents first, in the order of the tree. Needs no stack of calls. */
export const walk = (root: PlainNode, visit: (node: PlainNode) => void): void => {
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    visit(node);
    waiting.push(...childrenOf(node).reverse());
  }
};

/** The texts of a list of String nodes: `[{ String: { sval } }]`. Other nodes in it are left out. */
export const namesOf = (list: unknown): string[] =>
  Array.isArray(list)
    ? list.flatMap((item) => {
        const node = unwrap(item);
        return node?.kind === 'String' ? [String(node.fields['sval'] ?? '')] : [];
      })
    : [];

/** The nodes of a list, or of a single field; what is not a wrapped node is left out. */
export const listOf = (value: unknown): PlainNode[] =>
  (Array.isArray(value) ? value : [value]).flatMap((item) => unwrap(item) ?? []);
