import type { QueryDialect } from '../../contracts/data-source.js';
import { listOf, namesOf, type PlainNode, unwrap } from '../guard/syntax-tree.js';
import { columnUse } from './expressions.js';
import { identifierOf } from './identifier-of.js';
import type { Condition, SelectShape } from './query-shape.js';

const COMPARISONS = new Set(['=', '<>', '<', '>', '<=', '>=']);

/**
 * A condition on the columns of one table and constants as SQL of its own: comparisons, IN, BETWEEN, IS NULL, AND, OR, NOT.
 * Undefined for anything else: a function means something else in another dialect.
 */
export function renderCondition(
  { node, uses, hasUnknown }: Condition,
  item: number,
  shape: SelectShape,
  dialect: QueryDialect,
): string | undefined {
  if (hasUnknown || uses.some((use) => use.item !== item)) return undefined;
  return render(node, shape, dialect);
}

function render(node: PlainNode | undefined, shape: SelectShape, dialect: QueryDialect): string | undefined {
  if (!node) return undefined;
  const { kind, fields } = node;
  const of = (each: PlainNode | undefined) => render(each, shape, dialect);
  if (kind === 'BoolExpr') return renderBoolean(fields['boolop'], listOf(fields['args']).map(of));
  if (kind === 'NullTest') {
    const operand = renderOperand(unwrap(fields['arg']), shape, dialect);
    return operand && `${operand} IS ${fields['nulltesttype'] === 'IS_NULL' ? '' : 'NOT '}NULL`;
  }
  if (kind === 'BooleanTest') {
    const test = String(fields['booltesttype']).replaceAll('_', ' ');
    const operand = renderOperand(unwrap(fields['arg']), shape, dialect);
    return operand && /^IS (NOT )?(TRUE|FALSE)$/.test(test) ? `${operand} ${test}` : undefined;
  }
  if (kind === 'ColumnRef') return renderOperand(node, shape, dialect);
  return kind === 'A_Expr' ? renderComparison(fields, shape, dialect) : undefined;
}

function renderBoolean(operator: unknown, args: readonly (string | undefined)[]): string | undefined {
  if (args.includes(undefined)) return undefined;
  if (operator === 'NOT_EXPR') return `NOT (${args[0]})`;
  return `(${args.join(operator === 'AND_EXPR' ? ' AND ' : ' OR ')})`;
}

function renderComparison(
  fields: PlainNode['fields'],
  shape: SelectShape,
  dialect: QueryDialect,
): string | undefined {
  const operator = namesOf(fields['name'])[0] ?? '';
  const left = renderOperand(unwrap(fields['lexpr']), shape, dialect);
  if (left === undefined) return undefined;
  const right = Array.isArray(fields['rexpr'])
    ? listOf(fields['rexpr'])
    : listOf(unwrap(fields['rexpr'])?.fields['items']);
  const list = (nodes: readonly PlainNode[]) => {
    const parts = nodes.map((one) => renderOperand(one, shape, dialect));
    return parts.length > 0 && !parts.includes(undefined) ? (parts as string[]) : undefined;
  };
  switch (fields['kind']) {
    case 'AEXPR_OP': {
      const other = renderOperand(unwrap(fields['rexpr']), shape, dialect);
      return COMPARISONS.has(operator) && other !== undefined ? `${left} ${operator} ${other}` : undefined;
    }
    case 'AEXPR_IN': {
      const values = list(right);
      return values && `${left} ${operator === '=' ? 'IN' : 'NOT IN'} (${values.join(', ')})`;
    }
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN': {
      const ends = list(right);
      const not = fields['kind'] === 'AEXPR_BETWEEN' ? '' : 'NOT ';
      return ends?.length === 2 ? `${left} ${not}BETWEEN ${ends[0]} AND ${ends[1]}` : undefined;
    }
    default:
      return undefined;
  }
}

/** A column by its bare name, or a constant; moments and dates keep their type where the dialect needs it. */
function renderOperand(
  node: PlainNode | undefined,
  shape: SelectShape,
  dialect: QueryDialect,
): string | undefined {
  if (node?.kind === 'ColumnRef') {
    const column = columnUse(node, shape.items)?.column;
    if (column === undefined) return undefined;
    return identifierOf(dialect)(column);
  }
  if (node?.kind === 'TypeCast') {
    const type = namesOf((node.fields['typeName'] as PlainNode['fields'] | undefined)?.['names']).at(-1);
    const constant = constantText(unwrap(node.fields['arg']));
    if (constant === undefined || !/^(date|timestamp|timestamptz)$/.test(type ?? '')) return undefined;
    return dialect === 'mysql' ? constant : `CAST(${constant} AS ${type})`;
  }
  return constantText(node);
}

function constantText(node: PlainNode | undefined): string | undefined {
  if (node?.kind !== 'A_Const') return undefined;
  const { boolval, fval, ival, sval } = node.fields as {
    boolval?: { boolval?: boolean };
    fval?: { fval?: string };
    ival?: { ival?: number };
    sval?: { sval?: string };
  };
  if (boolval) return String(boolval.boolval ?? false).toUpperCase();
  if (ival) return String(ival.ival ?? 0);
  if (fval) return /^\d*\.?\d+$/.test(fval.fval ?? '') ? fval.fval : undefined;
  // A backslash escapes in MySQL and nowhere else.
  if (!sval || (sval.sval ?? '').includes('\\')) return undefined;
  return `'${(sval.sval ?? '').replaceAll("'", "''")}'`;
}
