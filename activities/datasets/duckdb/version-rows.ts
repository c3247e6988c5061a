import { quoteLiteral } from './quote.js';

/** The number of the record in the source, from 1: in every version, and no column of the dataset. */
export const ROW_COLUMN = '__row';

/** DuckDB's own name for the place of a row in a Parquet file, from 0. A column of this name hides it. */
const PLACE_IN_FILE = 'file_row_number';

const has = (names: readonly string[], wanted: string): boolean =>
  names.some((name) => name.toLowerCase() === wanted);

/**
 * The rows of a version's Parquet file as a relation with `__row`: the column of the file, or the place of the row in the file where it
 * has none. Numbers that follow from the place are not written, because counting rows keeps DuckDB to one thread.
 * @param names the columns that the file has
 */
export function versionRows(path: string, names: readonly string[]): string {
  const rows = `read_parquet(${quoteLiteral(path)})`;
  return areRowsPlaces(names) ? `(SELECT *, ${PLACE_IN_FILE} + 1 AS ${ROW_COLUMN} FROM ${rows})` : rows;
}

/** The rows whose numbers a table has in its column `r`; the file is read only near them. */
export function someVersionRows(path: string, names: readonly string[], table: string): string {
  const rows = `read_parquet(${quoteLiteral(path)}) file`;
  return has(names, ROW_COLUMN)
    ? `(SELECT file.* FROM ${rows} SEMI JOIN ${table} few ON file.${ROW_COLUMN} = few.r)`
    : // Only a condition on the place itself reaches the reader of the file.
      `(SELECT file.*, file.${PLACE_IN_FILE} + 1 AS ${ROW_COLUMN} FROM ${rows} SEMI JOIN (SELECT r - 1 AS place FROM ${table}) few ON file.${PLACE_IN_FILE} = few.place)`;
}

/** The columns that a version's file has. `describe` runs a statement and gives the first cell of each row. */
export const columnsOfFile = (
  path: string,
  describe: (sql: string) => Promise<string[]>,
): Promise<string[]> => describe(`DESCRIBE SELECT * FROM read_parquet(${quoteLiteral(path)})`);

/** `versionRows` of a file whose columns are not known. */
export const findVersionRows = async (
  path: string,
  describe: (sql: string) => Promise<string[]>,
): Promise<string> => versionRows(path, await columnsOfFile(path, describe));

/** Are the rows numbered by their places, from 1 to the last without a gap? */
export const areRowsPlaces = (names: readonly string[]): boolean => !has(names, ROW_COLUMN);

/** Must a file with every record of the source, in order, have the column all the same? */
export const hidesPlaceInFile = (names: readonly string[]): boolean => has(names, PLACE_IN_FILE);
