import type { Cell, ResultColumn } from '../contracts/question.js';

const COLUMN_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^DECIMAL\((\d+),(\d+)\)$/, 'numeric($1,$2)'],
  [/^U?HUGEINT$/, 'numeric(38,0)'],
  [/^UBIGINT$/, 'numeric(20,0)'],
  [/^(BIGINT|UINTEGER)$/, 'bigint'],
  [/^(INTEGER|USMALLINT)$/, 'integer'],
  [/^(SMALLINT|TINYINT|UTINYINT)$/, 'smallint'],
  [/^DOUBLE$/, 'double precision'],
  [/^FLOAT$/, 'real'],
  [/^TIMESTAMP_(S|MS|NS)$/, 'timestamp'],
];

/** DuckDB's name of a type as the schema of a question has it; DuckDB reads it back: `numeric(18,2)`, `varchar`, `timestamp`. */
export const columnTypeName = (type: string): string => {
  const known = COLUMN_TYPES.find(([pattern]) => pattern.test(type));
  return known ? type.replace(known[0], known[1]) : type.toLowerCase();
};

const RESULT_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^(DECIMAL\b.*|U?HUGEINT|UBIGINT)$/, 'numeric'],
  [/^(BIGINT|UINTEGER)$/, 'int8'],
  [/^(INTEGER|USMALLINT)$/, 'int4'],
  [/^(SMALLINT|TINYINT|UTINYINT)$/, 'int2'],
  [/^DOUBLE$/, 'float8'],
  [/^FLOAT$/, 'float4'],
  [/^VARCHAR$/, 'text'],
  [/^BOOLEAN$/, 'bool'],
  [/^TIMESTAMP WITH TIME ZONE$/, 'timestamptz'],
  [/^TIMESTAMP(_S|_MS|_NS)?$/, 'timestamp'],
  [/^(STRUCT|MAP|UNION)\b.*|.*\[\d*\]$/, 'json'],
];

/** A column of a result, its type named as Postgres' driver names it, which charts and files go by. */
export const resultColumnOf = ({ name, type }: { name: string; type: string }): ResultColumn => ({
  name,
  type: RESULT_TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? type.toLowerCase(),
});

/** A cell as results keep it: int8 and numeric as text whatever their size, lists and structures as JSON. */
export const resultCellOf = (cell: unknown, { type }: ResultColumn): Cell => {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'object') return JSON.stringify(cell);
  if (typeof cell === 'number') return type === 'int8' || type === 'numeric' ? String(cell) : cell;
  // jsonb takes no zero character.
  return typeof cell === 'string' ? cell.replaceAll('\0', '\ufffd') : (cell as Cell);
};
