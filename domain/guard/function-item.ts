import { aliasOf, type FromItem } from './name-scope.js';
import { listOf, namesOf, type PlainNode, walk } from './syntax-tree.js';

/** Functions whose rows have columns of their own. */
const RECORD_COLUMNS = new Map<string, readonly string[]>(
  Object.entries({
    json_each: ['key', 'value'],
    json_each_text: ['key', 'value'],
    jsonb_each: ['key', 'value'],
    jsonb_each_text: ['key', 'value'],
    unnest: ['lexeme', 'positions', 'weights'],
  }),
);
/** Built-in functions that can give rows of a table. */
const ROWS_OF_TABLES = /^(?:jsonb?_populate_record(?:set)?|unnest)$/;

/** Fields that a record can have although no table has them. */
export const RECORD_FIELDS: ReadonlySet<string> = new Set([...RECORD_COLUMNS.values()].flat());

const jsonTableColumns = (columns: unknown): string[] =>
  listOf(columns).flatMap(({ fields }) => [
    ...(typeof fields['name'] === 'string' && fields['coltype'] !== 'JTC_NESTED' ? [fields['name']] : []),
    ...jsonTableColumns(fields['columns']),
  ]);

/**
 * What functions in a FROM list bring into view: a RangeFunction or JsonTable.
 *
 * Which columns a function gives depends on its types, so names without a qualifier are let pass. A qualified name must be
 * certain: Postgres takes `f.pg_read_file` for `pg_read_file(f)` if f has no such column.
 *
 * @param isBuiltIn whether a function is one of the allow-list, so that it gives a single value unless known better
 * @param tableColumns names of all columns of the registry, for functions that give rows of tables
 */
export const functionItems = (
  node: PlainNode,
  isBuiltIn: (name: string) => boolean,
  tableColumns: () => ReadonlySet<string>,
): FromItem[] => {
  const { fields } = node;
  const alias = aliasOf(fields['alias']);
  const columns = new Map<string, undefined>(alias.columns.map((column) => [column, undefined]));
  const add = (names: Iterable<string>): void => {
    for (const name of names) columns.set(name, undefined);
  };
  if (node.kind === 'JsonTable') {
    add(jsonTableColumns(fields['columns']));
    return [{ name: alias.name ?? 'json_table', columns }];
  }
  const calls = listOf(fields['functions']).flatMap((list) => listOf(list.fields['items']));
  const names = calls.map((call) => namesOf(call.fields['funcname']).at(-1) ?? '');
  for (const definitions of [...listOf(fields['functions']), ...listOf(fields['coldeflist'])])
    walk(definitions, (each) => {
      if (each.kind === 'ColumnDef') add([String(each.fields['colname'])]);
    });
  for (const name of names) {
    add(RECORD_COLUMNS.get(name) ?? []);
    if (ROWS_OF_TABLES.test(name) || !isBuiltIn(name)) add(tableColumns());
  }
  if (fields['ordinality'] === true) add(['ordinality']);
  if (calls.length > 1) add(names.filter((name) => name !== ''));
  else if (alias.columns.length === 0) add([alias.name ?? names[0] ?? '']);
  const visible = alias.name === undefined ? names.filter((name) => name !== '') : [alias.name];
  return (visible.length > 0 ? visible : [undefined]).map((name) => ({ name, columns, isOpen: true }));
};
