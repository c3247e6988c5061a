import type { LexemeReader } from './lexeme-reader.js';
import type { Measure } from './reading.js';
import type { ColumnInfo } from './vocabulary.js';

/** Adds a measure unless it is there. */
export function addMeasure(reader: LexemeReader, measure: Measure): void {
  const { reading } = reader;
  const isSame = (other: Measure) =>
    other.kind !== 'ratio' &&
    measure.kind !== 'ratio' &&
    JSON.stringify(measureKey(other)) === JSON.stringify(measureKey(measure));
  // "Return … and the number of orders", after "customers with the most orders": shown already.
  const shown = [...reading.measures, ...reading.having.map((h) => h.measure)];
  if (reader.isProjecting && (shown.some(isSame) || (reading.order?.by && isSame(reading.order.by)))) return;
  reading.measures.push(measure);
}

const measureKey = (measure: Exclude<Measure, { kind: 'ratio' }>): unknown => {
  if (measure.kind === 'count') return ['count', measure.table.source.canonicalTableName];
  if (measure.kind === 'sales') return ['sales', measure.fn];
  return [measure.kind, 'fn' in measure ? measure.fn : '', measure.column.source.canonicalColumnName];
};

/** Its values can be added up. */
export const isAddable = (column: ColumnInfo): boolean => column.kind === 'number' && !column.isKey;
