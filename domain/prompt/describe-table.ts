import type {
  ForeignKey,
  RegistryColumn,
  RegistryTable,
  RelationKind,
} from '../../contracts/schema-registry.js';
import { isShowableName, untrustedLine } from './untrusted-text.js';

const TABLE_COMMENT_CHARS = 300;
const COLUMN_COMMENT_CHARS = 160;

const KIND_WORDS: Record<RelationKind, string> = {
  table: 'TABLE',
  'partitioned-table': 'TABLE',
  'foreign-table': 'TABLE',
  view: 'VIEW',
  'materialized-view': 'VIEW',
};

export interface ColumnLine {
  /** The column's own name, unquoted. */
  name: string;
  line: string;
  /** Part of the primary key or of a foreign key, on either side. */
  isKey: boolean;
}

/** The lines that describe one table: `TABLE sales.orders -- …`, and one for each column. Every line ends in a line break. */
export interface TableLines {
  canonicalTableName: string;
  head: string;
  columns: ColumnLine[];
}

/** Null for a table whose name cannot be shown; columns of such names are left out. */
export const describeTable = (
  table: RegistryTable,
  foreignKeys: readonly ForeignKey[],
): TableLines | null => {
  const { canonicalTableName, kind, comment, estimatedRows } = table;
  if (!isShowableName(canonicalTableName)) return null;
  const outgoing = new Set<string>();
  const incoming = new Set<string>();
  for (const key of foreignKeys) {
    if (key.fromTable === canonicalTableName) for (const name of key.fromColumns) outgoing.add(name);
    if (key.toTable === canonicalTableName) for (const name of key.toColumns) incoming.add(name);
  }
  const notes = [
    ...(estimatedRows === null || estimatedRows < 0 ? [] : [`about ${Math.round(estimatedRows)} rows`]),
    ...commentNote(comment, TABLE_COMMENT_CHARS),
  ];
  return {
    canonicalTableName,
    head: `${KIND_WORDS[kind]} ${canonicalTableName}${notes.length > 0 ? ` -- ${notes.join('; ')}` : ''}\n`,
    columns: table.columns
      .filter(({ canonicalColumnName }) => isShowableName(canonicalColumnName))
      .map((column) => {
        const marks = [
          ...(column.isPrimaryKey ? ['PK'] : []),
          ...(outgoing.has(column.name) ? ['FK'] : []),
          ...(column.isNullable ? ['nullable'] : []),
        ].map((mark) => ` ${mark}`);
        const note = commentNote(column.comment, COLUMN_COMMENT_CHARS).map((text) => ` -- ${text}`);
        return {
          name: column.name,
          line: `  ${writtenName(column, table)} ${shortType(column.dataType)}${marks.join('')}${note.join('')}\n`,
          isKey: column.isPrimaryKey || outgoing.has(column.name) || incoming.has(column.name),
        };
      }),
  };
};

/** `sales.orders.customer_id = sales.customers.id`, with AND for keys of several columns; null where an end is unknown. */
export const describeJoin = (key: ForeignKey, tables: ReadonlyMap<string, RegistryTable>): string | null => {
  const from = tables.get(key.fromTable);
  const to = tables.get(key.toTable);
  if (!from || !to) return null;
  const pairs: string[] = [];
  for (const [index, fromName] of key.fromColumns.entries()) {
    const fromColumn = from.columns.find(({ name }) => name === fromName);
    const toColumn = to.columns.find(({ name }) => name === key.toColumns[index]);
    if (!fromColumn || !toColumn) return null;
    pairs.push(`${fromColumn.canonicalColumnName} = ${toColumn.canonicalColumnName}`);
  }
  const line = pairs.join(' AND ');
  // The model may look for a better way where the database does not vouch for it.
  const note = key.isInferred ? ' -- inferred' : '';
  return pairs.length > 0 && isShowableName(line) ? `  ${line}${note}\n` : null;
};

/** The column as SQL writes it: the last part of its canonical name, quoted where needed. */
const writtenName = (column: RegistryColumn, table: RegistryTable): string =>
  column.canonicalColumnName.startsWith(`${table.canonicalTableName}.`)
    ? column.canonicalColumnName.slice(table.canonicalTableName.length + 1)
    : column.canonicalColumnName;

const commentNote = (comment: string | null, maxChars: number): string[] => {
  const text = comment === null ? '' : untrustedLine(comment, maxChars);
  return text === '' ? [] : [text];
};

const SHORT_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^timestamp(\(\d\))? with time zone/, 'timestamptz$1'],
  [/^timestamp(\(\d\))? without time zone/, 'timestamp$1'],
  [/^time(\(\d\))? with time zone/, 'timetz$1'],
  [/^time(\(\d\))? without time zone/, 'time$1'],
  [/^character varying/, 'varchar'],
  [/^double precision/, 'float8'],
];

/** The type in its shorter spelling: as exact, and a quarter of the tokens. */
const shortType = (dataType: string): string =>
  untrustedLine(
    SHORT_TYPES.reduce((type, [pattern, short]) => type.replace(pattern, short), dataType),
    80,
  );
