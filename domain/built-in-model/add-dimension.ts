import type { LexemeReader } from './lexeme-reader.js';
import type { Dimension } from './reading.js';

/** Adds a group unless it is there. */
export function addDimension(reader: LexemeReader, dimension: Dimension): void {
  const same = (d: Dimension) =>
    d.kind === dimension.kind &&
    (d.kind === 'time'
      ? d.unit === (dimension as typeof d).unit
      : d.kind === 'column'
        ? d.column === (dimension as typeof d).column
        : d.table === (dimension as typeof d).table);
  if (!reader.reading.dimensions.some(same)) reader.reading.dimensions.push(dimension);
}
