import type { Expression } from './query.js';
import { CannotRead } from './reading.js';
import type { ColumnInfo, TableInfo } from './schema-vocabulary.js';

/** A column name for the result of an expression. */
export function alias(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return expression.column.source.name;
    case 'bucket':
      return expression.unit.replace('-', '_');
    case 'count-rows':
    case 'count-all':
      return `number_of_${expression.table.source.tableName}`;
    case 'count-distinct': {
      const { table } = expression.columns[0]!;
      const isKey = expression.columns.every((column) => table.primaryKey.includes(column));
      return `number_of_${isKey ? table.source.tableName : expression.columns[0]!.source.name}`;
    }
    case 'aggregate': {
      const prefix = { sum: 'total', avg: 'average', min: 'lowest', max: 'highest' }[expression.fn];
      const name = expression.column.source.name;
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
