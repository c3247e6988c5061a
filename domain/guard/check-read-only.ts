import { QuaestorError } from '../../contracts/quaestor-error.js';
import {
  ALLOWED_FUNCTIONS,
  ALLOWED_SAMPLING_METHODS,
  ALLOWED_VALUE_FUNCTIONS,
  FORBIDDEN_TYPES,
} from './allowed-functions.js';
import { nearestNames } from './nearest-names.js';
import { namesOf, type PlainNode, type SyntaxTree, unwrap, walk } from './syntax-tree.js';
import { MAX_UNKNOWN_NAMES, type UnknownName } from './verdict.js';

export interface ReadOnlyOptions {
  /** Functions allowed besides the list: `similarity` as called without a schema, `extensions.similarity` with it. */
  extraFunctions?: readonly string[];
}

/** All kinds of nodes that a query may consist of. What is not here is refused, also kinds that Postgres will add. */
const QUERY_NODES = new Set(
  `A_ArrayExpr A_Const A_Expr A_Indices A_Indirection A_Star Alias BoolExpr BooleanTest CTECycleClause CTESearchClause CaseExpr
  CaseWhen CoalesceExpr CollateClause ColumnDef ColumnRef CommonTableExpr FuncCall GroupingFunc GroupingSet Integer JoinExpr
  JsonAggConstructor JsonArgument JsonArrayAgg JsonArrayConstructor JsonArrayQueryConstructor JsonBehavior JsonFormat
  JsonFuncExpr JsonIsPredicate JsonKeyValue JsonObjectAgg JsonObjectConstructor JsonOutput JsonParseExpr JsonReturning
  JsonScalarExpr JsonSerializeExpr JsonTable JsonTableColumn JsonTablePathSpec JsonValueExpr List MinMaxExpr NamedArgExpr
  NullTest RangeFunction RangeSubselect RangeTableSample RangeVar ResTarget RowExpr SQLValueFunction SelectStmt SortBy String
  SubLink TypeCast TypeName WindowDef WithClause`.split(/\s+/),
);

const WORDS_OF_NODES: Readonly<Record<string, string>> = {
  IntoClause: 'SELECT INTO',
  LockingClause: 'a row lock (FOR UPDATE, FOR SHARE)',
};

const notReadOnly = (what: string): QuaestorError =>
  new QuaestorError('sql_not_read_only', `The SQL has ${what}; only SELECT is run.`);

/** `INSERT`, `CREATE TABLE AS` … out of `InsertStmt`, `CreateTableAsStmt`. */
const statementWords = (kind: string): string =>
  kind
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();

const checkKind = ({ kind }: PlainNode): void => {
  if (QUERY_NODES.has(kind)) return;
  if (kind === 'ParamRef')
    throw new QuaestorError(
      'sql_syntax_error',
      'The SQL has a parameter ($1), and there are no values for it.',
    );
  if (kind.endsWith('Stmt')) throw notReadOnly(`a statement ${statementWords(kind)}`);
  if (kind.startsWith('Xml') || kind === 'RangeTableFunc')
    throw new QuaestorError('sql_unknown_function', 'The SQL calls an XML function; those are not allowed.', {
      details: { unknown: [{ kind: 'function', name: 'xml', suggestions: [] }] satisfies UnknownName[] },
    });
  throw notReadOnly(WORDS_OF_NODES[kind] ?? `a part (${kind}) that no plain query has`);
};

/** The error for calls that the allow-list does not have. */
export const functionsNotAllowed = (all: readonly string[], extra: Iterable<string>): QuaestorError => {
  const names = all.slice(0, MAX_UNKNOWN_NAMES);
  const known = [...ALLOWED_FUNCTIONS, ...extra];
  const unknown: UnknownName[] = names.map((name) => ({
    kind: 'function',
    name,
    suggestions: nearestNames(name.split('.').at(-1)!, known, (candidate) => candidate),
  }));
  return new QuaestorError('sql_unknown_function', `Not allowed in a query: ${names.join(', ')}.`, {
    details: { unknown },
  });
};

/** `name` if unqualified or in pg_catalog, else undefined. */
const builtInName = (parts: string[]): string | undefined =>
  parts.length === 1 ? parts[0] : parts.length === 2 && parts[0] === 'pg_catalog' ? parts[1] : undefined;

/** What the node calls that is not allowed; undefined if it calls nothing, or only what is allowed. */
const forbiddenCall = ({ kind, fields }: PlainNode, extra: ReadonlySet<string>): string | undefined => {
  const check = (list: unknown, isAllowed: (name: string) => boolean): string | undefined => {
    const parts = namesOf(list);
    const name = builtInName(parts);
    const asWritten = parts.join('.');
    return (name !== undefined && isAllowed(name)) || extra.has(asWritten) ? undefined : asWritten;
  };
  const anyOperator = (list: unknown): string | undefined =>
    Array.isArray(list) && list.length > 0 ? check(list, () => true) : undefined;
  switch (kind) {
    case 'FuncCall':
      return check(fields['funcname'], (name) => ALLOWED_FUNCTIONS.has(name));
    case 'A_Expr':
      return anyOperator(fields['name']);
    case 'SubLink':
      return anyOperator(fields['operName']);
    case 'SortBy':
      return anyOperator(fields['useOp']);
    case 'RangeTableSample':
      return check(fields['method'], (name) => ALLOWED_SAMPLING_METHODS.has(name));
    case 'TypeName': {
      const name = namesOf(fields['names']).at(-1) ?? '';
      return FORBIDDEN_TYPES.has(name) ? name : undefined;
    }
    case 'SQLValueFunction': {
      const op = String(fields['op']);
      return ALLOWED_VALUE_FUNCTIONS.has(op) ? undefined : op.replace('SVFOP_', '').toLowerCase();
    }
    default:
      return undefined;
  }
};

/**
 * Proves that a parsed text is one query that only reads: one statement, SELECT or VALUES, with nothing in the whole tree that
 * writes, locks or stores, and calls of allowed functions only. Names of tables are not looked at.
 *
 * @returns the query, a SelectStmt
 * @throws QuaestorError `sql_not_single_statement`, `sql_not_read_only`, `sql_unknown_function` (with `details.unknown`), or
 *   `sql_syntax_error` for parameters
 */
export const checkReadOnly = (tree: SyntaxTree, options: ReadOnlyOptions = {}): PlainNode => {
  const statements = tree.stmts ?? [];
  if (statements.length !== 1)
    throw new QuaestorError(
      'sql_not_single_statement',
      statements.length === 0
        ? 'There is no SQL statement.'
        : `There are ${statements.length} SQL statements.`,
    );
  const query = unwrap(statements[0]!.stmt);
  if (query?.kind !== 'SelectStmt')
    throw notReadOnly(`a statement ${statementWords(query?.kind ?? 'Other')}`);
  const extra = new Set(options.extraFunctions);
  const forbidden = new Set<string>();
  walk(query, (node) => {
    checkKind(node);
    const call = forbiddenCall(node, extra);
    if (call !== undefined) forbidden.add(call);
  });
  if (forbidden.size > 0) throw functionsNotAllowed([...forbidden], extra);
  return query;
};
