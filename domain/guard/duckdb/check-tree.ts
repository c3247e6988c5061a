import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { nearestNames } from '../nearest-names.js';
import { MAX_UNKNOWN_NAMES, type UnknownName } from '../verdict.js';
import { ALLOWED_FUNCTIONS, ALLOWED_TABLE_FUNCTIONS, BOUNDED_FUNCTIONS } from './allowed-functions.js';
import { assertBounded } from './bounded-calls.js';
import { type DuckDbNode, isExpression, isNode, isSet, nodesOf, textOf } from './tree.js';

/**
 * All that the tree of a query may consist of, as DuckDB 1.5 names it: fields, sorts of expressions, kinds of queries and of what
 * stands in FROM. What is not here is refused, also what a later version adds.
 */
const FIELDS = new Set(
  `aggregate_handling aggregates alias aliases arg_orders case_checks catalog_name child children class collation column columns
   column_name_alias column_names comparison_type condition cte_map cte_name default_expr delim_flipped distinct
   distinct_on_targets else_expr end end_expr entries exclude_clause exclude_list expr expression filter filter_expr from_table
   function function_name group_expressions group_sets having ignore_nulls include_nulls index input is_operator is_percentage
   join_type key left lhs limit lower map materialized method modifiers node null_order offset offset_expr order_bys orders
   partitions pivot_expressions pivots qualified_exclude_list qualify query query_location ref_type relation_name rename_list
   replace_list right sample sample_size schema schema_name seed select_list setop_all setop_type source start start_expr
   subquery subquery_type table_name then_expr try_cast type union_all unpivot_names upper using_columns value values
   when_expr where_clause with_ordinality`.split(/\s+/),
);
const EXPRESSIONS = new Set(
  `BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA OPERATOR POSITIONAL_REFERENCE STAR
   SUBQUERY WINDOW`.split(/\s+/),
);
const PARTS = new Set(
  `BASE_TABLE EMPTY EXPRESSION_LIST JOIN PIVOT SUBQUERY TABLE_FUNCTION
   RECURSIVE_CTE_NODE SELECT_NODE SET_OPERATION_NODE
   DISTINCT_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER ORDER_MODIFIER
   ASCENDING DESCENDING ORDER_DEFAULT`.split(/\s+/),
);
/** Fields that hold constants and types only. */
const LEAVES = new Set(['cast_type', 'sample', 'query_location']);

const notPlain = (part: string): QuaestorError =>
  new QuaestorError('sql_not_read_only', `The SQL has a part (${part}) that no plain query has.`);

/**
 * The one query of a serialised text.
 * @throws QuaestorError `sql_syntax_error`, `sql_not_single_statement`, `sql_not_read_only`, `sql_unknown_function` (with
 *   `details.unknown`), `sql_too_expensive` for series without bounds
 */
export function checkTree(serialized: unknown): DuckDbNode {
  const root = isNode(serialized) ? serialized : {};
  if (root['error'] === true) throw refusalOf(root);
  const statements = nodesOf(root['statements']);
  if (statements.length !== 1)
    throw new QuaestorError(
      'sql_not_single_statement',
      statements.length === 0
        ? 'There is no SQL statement.'
        : `There are ${statements.length} SQL statements.`,
    );
  const [statement] = statements;
  if (isSet(statement!['named_param_map']))
    throw new QuaestorError('sql_syntax_error', 'The SQL has a parameter, and there are no values for it.');
  const query = statement!['node'];
  if (!isNode(query)) throw notPlain('statement');
  const forbidden = new Set<string>();
  walk(query, (node) => {
    const name = calledName(node);
    if (name === undefined) return;
    const isTable = node['isTableFunction'] === true;
    if (isTable ? !ALLOWED_TABLE_FUNCTIONS.has(name) : !isAllowed(name)) forbidden.add(name);
    else if (BOUNDED_FUNCTIONS.has(name)) assertBounded(name, node);
  });
  if (forbidden.size > 0) throw functionsNotAllowed([...forbidden]);
  return query;
}

const isAllowed = (name: string): boolean => ALLOWED_FUNCTIONS.has(name) || BOUNDED_FUNCTIONS.has(name);

const calledName = (node: DuckDbNode): string | undefined =>
  node['class'] === 'FUNCTION' || node['class'] === 'WINDOW'
    ? textOf(node['function_name']).toLowerCase()
    : undefined;

/** Visits every node; refuses what is not on the lists. A function in FROM is given with the mark `isTableFunction`. */
function walk(root: DuckDbNode, visit: (node: DuckDbNode) => void): void {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const at = waiting.pop();
    if (Array.isArray(at)) waiting.push(...(at as unknown[]));
    if (!isNode(at)) continue;
    // A constant of a pivot: a value with its type, and nothing else.
    if (!isExpression(at) && isNode(at['type'])) continue;
    const { class: sort, type } = at;
    if (isExpression(at)) {
      if (!EXPRESSIONS.has(String(sort))) throw notPlain(String(sort));
      visit(at);
      if (sort === 'CONSTANT') continue;
    } else if (typeof type === 'string' && !PARTS.has(type)) throw notPlain(type);
    for (const [field, value] of Object.entries(at)) {
      if (!isSet(value) || LEAVES.has(field)) continue;
      if (!FIELDS.has(field)) throw notPlain(field);
      if (type === 'TABLE_FUNCTION' && field === 'function' && isNode(value)) {
        if (value['class'] !== 'FUNCTION') throw notPlain('a table function');
        visit({ ...value, isTableFunction: true });
        waiting.push(value['children'], value['filter'], value['order_bys']);
      } else waiting.push(value);
    }
  }
}

function refusalOf({ error_message, error_type, position }: DuckDbNode): QuaestorError {
  const message = textOf(error_message).replaceAll(/\s+/g, ' ').slice(0, 500);
  if (message.startsWith('Only SELECT statements'))
    return new QuaestorError(
      'sql_not_read_only',
      'The SQL has another statement than SELECT; only SELECT is run.',
    );
  const place = Number(position);
  return new QuaestorError('sql_syntax_error', `The SQL cannot be parsed: ${message}`, {
    details: {
      parser: textOf(error_type),
      ...(Number.isInteger(place) ? { position: place + 1 } : {}),
    },
  });
}

function functionsNotAllowed(all: readonly string[]): QuaestorError {
  const names = all.slice(0, MAX_UNKNOWN_NAMES);
  const unknown: UnknownName[] = names.map((name) => ({
    kind: 'function',
    name,
    suggestions: nearestNames(name, ALLOWED_FUNCTIONS, (candidate) => candidate),
  }));
  return new QuaestorError('sql_unknown_function', `Not allowed in a query: ${names.join(', ')}.`, {
    details: { unknown },
  });
}
