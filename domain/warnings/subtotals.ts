import type { AnswerWarning } from '../../contracts/presentation.js';
import type { SampledValues } from '../../contracts/schema-registry.js';
import type { ResultShape } from '../result/result-shape.js';
import { toNumber } from '../result/to-number.js';
import type { SelectShape } from './query-shape.js';

/** Labels of rows that hold the sum of others. */
const TOTAL_LABEL =
  /^(grand |sub|over)?-?(total|totals|all|overall|sum|gesamt|insgesamt|summe|total general|totale)( (total|products|regions|countries|categories|segments|channels|departments))?$/i;
const isTotal = (value: unknown): boolean => typeof value === 'string' && TOTAL_LABEL.test(value.trim());
const MIN_OTHERS = 2;
/** Sums of rounded amounts differ a little. */
const TOLERANCE = 0.005;

/** Rows of the result that hold the sum of others: by GROUPING SETS, or labelled so and adding up. */
export function findSubtotalRows(shapes: readonly SelectShape[], result: ResultShape): AnswerWarning[] {
  const { rows, dimensions, measures, columns } = result;
  if (shapes.some(({ hasGroupingSets }) => hasGroupingSets)) {
    const hasOpen = rows.some((row) =>
      result.roles.some((role, index) => role === 'category' && row[index] === null),
    );
    return hasOpen
      ? [
          {
            code: 'subtotal_rows',
            message:
              'Rows without a name in a grouped column are subtotals of the others; do not add them up again.',
          },
        ]
      : [];
  }
  const [measure] = measures;
  if (measure === undefined || dimensions.length !== 1) return [];
  const [dimension] = dimensions;
  const totals = rows.filter((row) => isTotal(row[dimension!]));
  const others = rows.filter((row) => !isTotal(row[dimension!]));
  if (totals.length !== 1 || others.length < MIN_OTHERS) return [];
  const amounts = others.map((row) => toNumber(row[measure]) ?? 0);
  const total = toNumber(totals[0]?.[measure]);
  const sum = amounts.reduce((a, b) => a + b, 0);
  if (total === undefined || Math.abs(total - sum) > TOLERANCE * Math.abs(sum)) return [];
  const label = String(totals[0]?.[dimension!]);
  return [
    {
      code: 'subtotal_rows',
      message: `The row "${label}" is the sum of the others; do not add it to them.`,
      details: { column: columns[dimension!]?.name, value: label },
    },
  ];
}

/** A table that keeps total rows beside the rows that they are the total of, aggregated without telling them apart. */
export function findStoredTotals(shape: SelectShape, values: SampledValues): AnswerWarning[] {
  for (const { name, columns } of shape.aggregates) {
    if (name === 'min' || name === 'max') continue;
    const items = new Set(columns.map(({ item }) => item));
    if (columns.length === 0 && shape.items.length === 1) items.add(0);
    for (const item of items) {
      for (const column of shape.items[item]?.table?.columns ?? []) {
        const known = values[column.canonicalColumnName] ?? [];
        const total = known.find(isTotal);
        if (total === undefined || known.length <= MIN_OTHERS) continue;
        if (shape.usedOutside.some((use) => use.item === item && use.column === column.name)) continue;
        return [
          {
            code: 'subtotal_rows',
            message: `${column.canonicalColumnName} also holds "${total}": rows that are sums of others may be counted with them.`,
            details: { column: column.canonicalColumnName, value: total },
          },
        ];
      }
    }
  }
  return [];
}
