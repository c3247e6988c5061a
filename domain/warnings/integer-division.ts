import type { AnswerWarning } from '../../contracts/presentation.js';
import { childrenOf, listOf, namesOf, type PlainNode, unwrap } from '../guard/syntax-tree.js';
import { columnUse } from './expressions.js';
import { registryColumn, type SelectShape } from './query-shape.js';

/**
 * Whole numbers divided by whole numbers: Postgres cuts the fraction off, so a share of 0.7 becomes 0. A constant divisor
 * (`year / 10 * 10`) is meant that way and left alone.
 */
export function findIntegerDivision(shape: SelectShape): AnswerWarning[] {
  const isFound = shape.expressions.some((node) => hasIntegerDivision(node, shape));
  return isFound
    ? [
        {
          code: 'integer_division',
          message: 'Whole numbers are divided by whole numbers, which cuts off what comes after the point.',
        },
      ]
    : [];
}

function hasIntegerDivision(node: PlainNode, shape: SelectShape): boolean {
  if (node.kind === 'SelectStmt') return false;
  if (node.kind === 'A_Expr' && namesOf(node.fields['name'])[0] === '/') {
    const [left, right] = [unwrap(node.fields['lexpr']), unwrap(node.fields['rexpr'])];
    if (right?.kind !== 'A_Const' && isWhole(left, shape) && isWhole(right, shape)) return true;
  }
  return childrenOf(node).some((child) => hasIntegerDivision(child, shape));
}

const WHOLE_TYPE = /^(smallint|integer|bigint|int|int[248]|serial|bigserial)$/i;
const SMALL_TYPE = /^(smallint|integer|int|int[24]|serial)$/i;

/** Whether an expression is certain to have the type of a whole number. */
function isWhole(node: PlainNode | undefined, shape: SelectShape, type = WHOLE_TYPE): boolean {
  if (!node) return false;
  const { kind, fields } = node;
  switch (kind) {
    case 'A_Const':
      return fields['ival'] !== undefined;
    case 'ColumnRef': {
      const use = columnUse(node, shape.items);
      const column = use && registryColumn(shape, use);
      return column !== undefined && type.test(column.dataType);
    }
    case 'TypeCast': {
      const name = namesOf((fields['typeName'] as PlainNode['fields'])['names']).at(-1) ?? '';
      return type.test(name);
    }
    case 'A_Expr': {
      if (!/^[-+*/%]$/.test(namesOf(fields['name'])[0] ?? '')) return isNullIf(fields, shape);
      const left = unwrap(fields['lexpr']);
      return (
        (left === undefined || isWhole(left, shape, type)) && isWhole(unwrap(fields['rexpr']), shape, type)
      );
    }
    case 'CaseExpr': {
      const results = listOf(fields['args']).flatMap((when) => listOf(when.fields['result']));
      const all = [...results, ...listOf(fields['defresult'])];
      return all.length > 0 && all.every((each) => isNull(each) || isWhole(each, shape, type));
    }
    case 'CoalesceExpr':
      return listOf(fields['args']).every((each) => isWhole(each, shape, type));
    case 'FuncCall': {
      const [argument] = listOf(fields['args']);
      const name = (namesOf(fields['funcname']).at(-1) ?? '').toLowerCase();
      if (name === 'count' || name === 'length' || name === 'char_length') return true;
      // The sum of bigint is numeric.
      if (name === 'sum') return isWhole(argument, shape, SMALL_TYPE);
      return (name === 'min' || name === 'max' || name === 'abs') && isWhole(argument, shape, type);
    }
    default:
      return false;
  }
}

const isNull = (node: PlainNode): boolean => node.kind === 'A_Const' && node.fields['isnull'] === true;

/** `nullif(count(*), 0)`. */
const isNullIf = (fields: PlainNode['fields'], shape: SelectShape): boolean =>
  fields['kind'] === 'AEXPR_NULLIF' && isWhole(unwrap(fields['lexpr']), shape);
