/**
 * Canonical names: `schema.table` and `schema.table.column`, each part spelled as the database spells it and quoted only
 * where SQL needs it. They can be put into SQL as they are, and two things never share one name.
 */

/** Every keyword of PostgreSQL 18 that is not free to be a name (`pg_get_keywords()`, catcode other than U). */
const RESERVED = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean ' +
    'both case cast char character check coalesce collate collation column concurrently constraint ' +
    'create cross current_catalog current_date current_role current_schema current_time ' +
    'current_timestamp current_user dec decimal default deferrable desc distinct do else end except ' +
    'exists extract false fetch float for foreign freeze from full grant greatest group grouping having ' +
    'ilike in initially inner inout int integer intersect interval into is isnull join json json_array ' +
    'json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize ' +
    'json_table json_value lateral leading least left like limit localtime localtimestamp merge_action ' +
    'national natural nchar none normalize not notnull null nullif numeric offset on only or order out ' +
    'outer overlaps overlay placing position precision primary real references returning right row ' +
    'select session_user setof similar smallint some substring symmetric system_user table tablesample ' +
    'then time timestamp to trailing treat trim true union unique user using values varchar variadic ' +
    'verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces ' +
    'xmlparse xmlpi xmlroot xmlserialize xmltable'
  ).split(' '),
);

const PLAIN = /^[a-z_][a-z0-9_]*$/;

export interface CanonicalName {
  schema: string;
  table: string;
  /** Absent in the name of a table. */
  column?: string;
}

/** The name as it must be written in SQL; the rule of Postgres' own `quote_ident`. */
export const quoteIdentifier = (name: string): string =>
  PLAIN.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** `sales.orders`, `sales."Order Lines"`. */
export const canonicalTableName = (schema: string, table: string): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;

/** `sales.orders.id`, `sales."Order Lines"."group"`. */
export const canonicalColumnName = (schema: string, table: string, column: string): string =>
  `${canonicalTableName(schema, table)}.${quoteIdentifier(column)}`;

/**
 * The parts of a canonical name, unquoted: the inverse of `canonicalTableName` and `canonicalColumnName`.
 * Undefined if the text is not a name of two or three parts. Unquoted parts are taken as they are, not folded.
 */
export const parseCanonicalName = (name: string): CanonicalName | undefined => {
  const parts: string[] = [];
  let at = 0;
  while (true) {
    const part = name[at] === '"' ? /"((?:[^"]|"")*)"/y : /[^".]+/y;
    part.lastIndex = at;
    const match = part.exec(name);
    if (!match) return undefined;
    parts.push(match[1] === undefined ? match[0] : match[1].replaceAll('""', '"'));
    at = part.lastIndex;
    if (at === name.length) break;
    if (name[at] !== '.') return undefined;
    at += 1;
  }
  const [schema, table, column, more] = parts;
  if (schema === undefined || table === undefined || more !== undefined) return undefined;
  return column === undefined ? { schema, table } : { schema, table, column };
};
