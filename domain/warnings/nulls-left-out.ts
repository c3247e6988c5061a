import type { AnswerWarning } from '../../contracts/presentation.js';
import { registryColumn, type SelectShape } from './query-shape.js';

/**
 * Averages of a column that may be empty: rows without a value do not count as zero. Only where the schema says on purpose that
 * the column may be empty, that is, where other columns of the same table may not.
 */
export function findNullsLeftOut(shape: SelectShape): AnswerWarning[] {
  for (const { name, columns, argument } of shape.aggregates) {
    const [use] = columns;
    if (name !== 'avg' || !use || argument?.kind !== 'ColumnRef') continue;
    const column = registryColumn(shape, use);
    const table = shape.items[use.item]?.table;
    const isDeliberate = table?.columns.some(({ isNullable, isPrimaryKey }) => !isNullable && !isPrimaryKey);
    if (!column?.isNullable || !isDeliberate) continue;
    const isTold = shape.usedOutside.some((other) => other.item === use.item && other.column === use.column);
    if (isTold) continue;
    return [
      {
        code: 'nulls_left_out',
        message: `The average leaves out rows where ${column.canonicalColumnName} has no value.`,
        details: { column: column.canonicalColumnName },
      },
    ];
  }
  return [];
}
