import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { TreeNode } from './resolve-names.js';

/**
 * All that the tree of a skeleton may consist of: kinds of nodes and their fields, as polyglot names them. What is not here is
 * refused, also what a later version of the parser adds: INTO, locks, statements other than queries, functions that it knows.
 */
const ALLOWED = new Set(
  `add alias alias_explicit_as alias_first alias_keyword all and any args asc between boolean case column column_aliases columns
   ctes desc distinct div dot else_ eq except exists explicit_asc expressions field from function group_by gt gte having high in
   intersect is_false is_null is_true joined_table joins kind lateral left like limit literal literal_type low lt lte mul name
   neg neq nesting_group not null nulls_first on op operand or order_by over paren partition_by query quoted recursive right
   schema select spec star sub subquery table this tuple union use_inner_keyword use_outer_keyword using value whens where_clause
   window_function window_name windows with`.split(/\s+/),
);
/** Where things stand in the text. */
const PLACES = new Set(['span']);

const isSet = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);

/**
 * The one query of a parsed skeleton.
 * @throws QuaestorError `sql_not_single_statement`, `sql_not_read_only` for anything that is not on the list, `sql_syntax_error`
 *   for a SELECT of nothing
 */
export const checkTree = (statements: readonly TreeNode[]): TreeNode => {
  const [query] = statements;
  if (!query || statements.length !== 1)
    throw new QuaestorError('sql_not_single_statement', `There are ${statements.length} SQL statements.`);
  const waiting: unknown[] = [query];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (Array.isArray(node)) waiting.push(...(node as unknown[]));
    else if (typeof node === 'object' && node !== null) {
      for (const [key, value] of Object.entries(node)) {
        if (!isSet(value) || PLACES.has(key)) continue;
        if (!ALLOWED.has(key))
          throw new QuaestorError(
            'sql_not_read_only',
            `The SQL has a part (${key}) that no plain query has.`,
          );
        if (key === 'select') assertSelects(value as TreeNode);
        waiting.push(value);
      }
    }
  }
  return query;
};

const assertSelects = ({ expressions }: TreeNode): void => {
  if (!isSet(expressions)) throw new QuaestorError('sql_syntax_error', 'The SQL has a SELECT of nothing.');
};
