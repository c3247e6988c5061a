import type { AnswerWarning } from '../../contracts/presentation.js';
import type { SampledValues } from '../../contracts/schema-registry.js';
import { registryColumn, type SelectShape } from './query-shape.js';

const UNIT_NAME = /^(?:(.*)_)?(currency|currency_code|curr|unit|units|uom|unit_of_measure|unit_code)$/i;
const ONE_CURRENCY = /(^|_)(usd|eur|gbp|chf|jpy|cny|inr|aud|cad|sek|nok|dkk|pln|base|converted)(_|$)/i;
const MONEY_NAME =
  /(price|amount|cost|revenue|total|sales|salary|wage|fee|budget|balance|value|payment|paid|tax|discount|profit|spend|net|gross|limit|turnover)/i;
const QUANTITY_NAME =
  /(quantity|qty|amount|weight|volume|length|height|width|distance|size|value|stock|level|dose|reading|consumption|total)/i;
const COUNT_NAME = /(count|quantity|qty|number|items|units|days|hours|id)$/i;
const CONVERTS = /(exchange|fx|conversion|currency)_?rate|(^|_)rates?$/i;
const ADDING = new Set(['sum', 'avg', 'min', 'max']);

/**
 * Amounts of several currencies or units added up: the table has a column that says which, it holds several values, and the
 * query neither groups, filters nor joins by it.
 */
export function findMixedUnits(shape: SelectShape, values: SampledValues): AnswerWarning[] {
  if (shape.items.some(({ table }) => CONVERTS.test(table?.tableName ?? ''))) return [];
  for (const aggregate of shape.aggregates) {
    if (!ADDING.has(aggregate.name) || aggregate.columns.some(({ column }) => CONVERTS.test(column)))
      continue;
    for (const use of aggregate.columns) {
      const table = shape.items[use.item]?.table;
      const amount = registryColumn(shape, use);
      for (const unit of table?.columns ?? []) {
        if (!table || !amount || !saysUnitOf(unit.name, amount.name)) continue;
        const known = values[unit.canonicalColumnName] ?? [];
        const isTold = shape.usedOutside.some(
          (other) => other.item === use.item && other.column === unit.name,
        );
        const isConverted = aggregate.columns.some(
          (other) => other.item === use.item && other.column === unit.name,
        );
        if (known.length < 2 || isTold || isConverted) continue;
        const some = known.slice(0, 3).join(', ');
        return [
          {
            code: 'mixed_units',
            message: `${aggregate.name}(${amount.name}) puts amounts of several kinds together: ${unit.canonicalColumnName} holds ${some}${known.length > 3 ? ' and more' : ''}.`,
            details: {
              column: amount.canonicalColumnName,
              unitColumn: unit.canonicalColumnName,
              values: known.slice(0, 20),
            },
          },
        ];
      }
    }
  }
  return [];
}

/** Whether one column tells the currency or unit of another, by their names. */
function saysUnitOf(unitName: string, amountName: string): boolean {
  const match = UNIT_NAME.exec(unitName);
  if (!match || unitName === amountName || ONE_CURRENCY.test(amountName)) return false;
  const [, prefix = '', kind = ''] = match;
  if (/^curr/i.test(kind)) return MONEY_NAME.test(amountName) && !COUNT_NAME.test(amountName);
  if (prefix !== '') return amountName.toLowerCase().includes(prefix.toLowerCase());
  return QUANTITY_NAME.test(amountName) && !/(price|cost|revenue|usd|eur)/i.test(amountName);
}
