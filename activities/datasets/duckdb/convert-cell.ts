import { type DuckDBValueConverter, JsonDuckDBValueConverter } from '@duckdb/node-api';
import type { DuckDbCell } from './protocol.js';

const SMALLEST = BigInt(Number.MIN_SAFE_INTEGER);
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/** Whole numbers as numbers where they are exact; what JSON cannot hold exactly, as DuckDB prints it. */
export const convertCell: DuckDBValueConverter<DuckDbCell> = (value, type) => {
  if (value === null) return null;
  if (typeof value === 'bigint')
    return value >= SMALLEST && value <= LARGEST ? Number(value) : value.toString();
  // For the items of lists, structs and maps the library calls the converter that it is given.
  return JsonDuckDBValueConverter(value, type, convertCell as never) as DuckDbCell;
};
