import { namesOf, type PlainNode, unwrap } from './syntax-tree.js';

/** Names that Postgres gives to outputs without an alias by the kind of their expression. */
const NAMES_BY_KIND = new Map<string, string>(
  Object.entries({
    A_ArrayExpr: 'array',
    CoalesceExpr: 'coalesce',
    GroupingFunc: 'grouping',
    JsonArrayAgg: 'json_arrayagg',
    JsonArrayConstructor: 'json_array',
    JsonArrayQueryConstructor: 'json_array',
    JsonObjectAgg: 'json_objectagg',
    JsonObjectConstructor: 'json_object',
    JsonParseExpr: 'json',
    JsonScalarExpr: 'json_scalar',
    JsonSerializeExpr: 'json_serialize',
    RowExpr: 'row',
  }),
);

const NO_NAME = '?column?';

interface Figured {
  name: string;
  /** Whether it goes before the name of a type or `case` around it. */
  isStrong: boolean;
}
const strong = (name: string): Figured => ({ name, isStrong: true });

/** After `FigureColname` of PostgreSQL 18 (src/backend/parser/parse_target.c). Undefined where it takes more to tell. */
const figure = (value: unknown): Figured | undefined => {
  const node = unwrap(value);
  const nothing: Figured = { name: NO_NAME, isStrong: false };
  if (!node) return nothing;
  const { fields, kind } = node;
  const known = NAMES_BY_KIND.get(kind);
  if (known !== undefined) return strong(known);
  switch (kind) {
    case 'ColumnRef': {
      const parts = fields['fields'] as unknown[];
      return unwrap(parts.at(-1))?.kind === 'A_Star' ? undefined : strong(namesOf(parts).at(-1)!);
    }
    case 'A_Indirection': {
      const name = namesOf(fields['indirection']).at(-1);
      return name === undefined ? figure(fields['arg']) : strong(name);
    }
    case 'FuncCall': {
      const name = namesOf(fields['funcname']).at(-1)!;
      // EXTRACT has been `date_part` before version 14.
      return name === 'extract' ? undefined : strong(name);
    }
    case 'A_Expr':
      return fields['kind'] === 'AEXPR_NULLIF' ? strong('nullif') : nothing;
    case 'MinMaxExpr':
      return strong(fields['op'] === 'IS_LEAST' ? 'least' : 'greatest');
    case 'SQLValueFunction':
      return strong(
        String(fields['op'])
          .replace(/^SVFOP_|_N$/g, '')
          .toLowerCase(),
      );
    case 'JsonFuncExpr':
      return strong(String(fields['op']).replace(/_OP$/, '').toLowerCase());
    case 'CollateClause':
      return figure(fields['arg']);
    case 'TypeCast': {
      const inner = figure(fields['arg']);
      if (!inner || inner.isStrong) return inner;
      const type = namesOf((fields['typeName'] as Record<string, unknown>)['names']).at(-1);
      return { name: type ?? inner.name, isStrong: false };
    }
    case 'CaseExpr': {
      const inner = figure(fields['defresult']);
      return !inner || inner.isStrong ? inner : { name: 'case', isStrong: false };
    }
    case 'SubLink': {
      const type = fields['subLinkType'];
      if (type === 'EXISTS_SUBLINK') return strong('exists');
      if (type === 'ARRAY_SUBLINK') return strong('array');
      return type === 'EXPR_SUBLINK' ? figureFirstOutput(fields['subselect']) : nothing;
    }
    default:
      return nothing;
  }
};

const figureFirstOutput = (query: unknown): Figured | undefined => {
  const { larg, targetList, valuesLists } = unwrap(query)?.fields ?? {};
  if (larg) return figureFirstOutput({ SelectStmt: larg });
  if (valuesLists) return strong('column1');
  const target = unwrap((targetList as unknown[] | undefined)?.[0])?.fields;
  if (typeof target?.['name'] === 'string') return strong(target['name']);
  const figured = figure(target?.['val']);
  return figured && strong(figured.name);
};

/** The name of one item of a SELECT list; undefined for `*` and where it depends on more than the expression. */
export const outputName = (target: PlainNode): string | undefined =>
  typeof target.fields['name'] === 'string' ? target.fields['name'] : figure(target.fields['val'])?.name;
