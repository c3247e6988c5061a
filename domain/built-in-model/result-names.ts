import type { Expression } from './query.js';
import { CannotRead } from './reading.js';
import type { ColumnInfo, NameWord, TableInfo } from './vocabulary.js';

/**
 * The name as people would write it: as it is stored, but without letters that all columns of a table begin with and nobody says
 * (`sbcustcountry` is `country`).
 */
function readable(name: string, words: readonly NameWord[]): string {
  const said = words.map((word) => word.concept).filter((word) => /^[a-z0-9]+$/.test(word));
  if (/[^a-z0-9]/i.test(name) || said.length !== words.length || said.length === 0) return name;
  const isCut = name.length > said.join('').length && name.toLowerCase().includes(said.at(-1)!);
  return isCut && !name.toLowerCase().startsWith(said[0]!) ? said.join('_') : name;
}

const columnName = ({ source, words, formula }: ColumnInfo): string =>
  formula ? source.name : readable(source.name, words);
const tableName = ({ source, words }: TableInfo): string => readable(source.tableName, words);

/** A column name for the result of an expression. */
export function alias(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return columnName(expression.column);
    case 'bucket':
      return expression.unit.replace('-', '_');
    case 'count-rows':
    case 'count-all':
      return `number_of_${tableName(expression.table)}`;
    case 'count-distinct': {
      const { table } = expression.columns[0]!;
      const isKey = expression.columns.every((column) => table.primaryKey.includes(column));
      return `number_of_${isKey ? tableName(table) : columnName(expression.columns[0]!)}`;
    }
    case 'aggregate': {
      const prefix = { sum: 'total', avg: 'average', min: 'lowest', max: 'highest' }[expression.fn];
      const name = columnName(expression.column);
      return name.startsWith(`${prefix}_`) ? name : `${prefix}_${name}`;
    }
    case 'change':
      return { plain: 'change', 1: 'relative_change', 100: 'change_percent' }[expression.scale];
    case 'rank':
      return 'rank';
    case 'ratio':
      return expression.scale === 100 ? 'percentage' : 'ratio';
    case 'product':
      return `${{ sum: 'total', avg: 'average', min: 'lowest', max: 'highest' }[expression.fn]}_sales`;
  }
}

/** Names of result columns, made unique by the table's name, then by a number. */
export function uniqueAliases(expressions: readonly Expression[], base: TableInfo): string[] {
  const plain = expressions.map(alias);
  const taken = new Set<string>();
  return expressions.map((expression, i) => {
    let name = plain[i]!;
    const isShared = plain.filter((other) => other === name).length > 1;
    const isVague =
      ['name', 'id', 'title', 'code'].includes(name.toLowerCase()) &&
      expression.kind === 'column' &&
      (isShared || expression.column.table !== base);
    if ((isShared || isVague) && expression.kind === 'column')
      name = `${expression.column.table.words.map((w) => w.concept).join('_')}_${name}`;
    for (let n = 2; taken.has(name); n++) name = `${plain[i]}_${n}`;
    taken.add(name);
    return name;
  });
}

/** Labels by which people know a row, then the key that tells namesakes apart. */
export function entityColumns(table: TableInfo): ColumnInfo[] {
  const columns = [...table.labels, ...table.primaryKey.filter((c) => !table.labels.includes(c))];
  if (columns.length === 0)
    throw new CannotRead(`${table.source.canonicalTableName} has neither a key nor a name to group by.`, 4);
  return columns;
}
