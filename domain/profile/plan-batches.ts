/** Columns profiled together: few enough that the first results come soon and that their values fit into memory. */
const COLUMNS = 8;
/** Cells that a batch of many narrow columns may hold. */
const CELLS = 500_000;
const MOST_COLUMNS = 100;

/** How many columns a batch takes in a file of so many rows. */
export const batchWidth = (rows: number): number =>
  Math.max(COLUMNS, Math.min(MOST_COLUMNS, Math.floor(CELLS / Math.max(1, rows))));
