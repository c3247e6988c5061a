/** A cell that says "total" in one of several languages, at its beginning or its end; not "total loss" or "totally". */
export const TOTAL_WORD =
  '^\\s*(?:(?:sub|grand|overall|running)?[ -]?totals?|sum|summe|gesamt(?:summe)?|zwischensumme|insgesamt|somme|sous-total|suma|totale|totaal)\\s*:?\\s*$|^\\s*(?:sub|grand)[ -]?totals?\\b.{0,40}$|^\\s*totals?\\s+(?:for|of|by|per|in)\\b.{0,40}$|\\S.{0,40}\\s(?:sub|grand)?[ -]?totals?\\s*:?\\s*$';

interface Row {
  row: number;
  cells: (string | null)[];
}

interface Candidate extends Row {
  sums: { column: string; value: number | null; above: number }[];
  rowsAbove: number;
}

/** A thousandth of the sum, for rounded figures. */
const near = (one: number, other: number): boolean =>
  Math.abs(one - other) <= Math.max(1e-6, Math.abs(other) * 1e-3);

/**
 * Rows that are sums of rows above them. A row counts if it says so and a figure in it is the sum of the rows since another such row, or of
 * all; or if it says so and most of what other rows fill is empty in it.
 */
export function findTotalRows(candidates: readonly Candidate[], usualCells: number): number[] {
  return candidates
    .filter((candidate, i) => {
      const filled = candidate.cells.filter((cell) => cell !== null).length;
      if (filled <= Math.max(1, usualCells * 0.6) && candidates.length <= 200) return true;
      return candidate.sums.some(({ value, above }, column) => {
        if (value === null || value === 0 || candidate.rowsAbove < 2) return false;
        if (near(value, above)) return true;
        return candidates
          .slice(0, i)
          .some(
            (earlier) =>
              candidate.rowsAbove - earlier.rowsAbove >= 2 &&
              near(value, above - earlier.sums[column]!.above),
          );
      });
    })
    .map(({ row }) => row);
}

const PROSE =
  /^(?:source|quelle|notes?|note:|\*|†|©|disclaimer|generated|exported|created|printed|report|page \d|end of|as of|data as|last updated|stand:|remarks?|legend|prepared|copyright|confidential|total (?:rows|records)|\(\d\)|-{3,}|={3,})/i;

/**
 * Rows at an end of the file that hold at most a quarter of what rows usually do, all of it prose: only such rows, from the end inwards,
 * until the first ordinary one. `fromEnd` in the order in which they are met.
 */
export function findProseRows(fromEnd: readonly Row[], usualCells: number, columnCount: number): number[] {
  if (columnCount < 3 || usualCells < columnCount * 0.6) return [];
  const found: number[] = [];
  let hasProse = false;
  for (const { row, cells } of fromEnd) {
    const filled = cells.filter((cell) => cell !== null);
    if (filled.length > Math.max(1, usualCells * 0.25)) break;
    // Words alone in their row; a row with a number and an answer is one of few answers.
    const [first = ''] = filled;
    if (PROSE.test(first ?? '') || (filled.length === 1 && /[a-z]{2,}.* .*[a-z]{2,}/i.test(first ?? ''))) {
      hasProse = true;
    }
    found.push(row);
  }
  return hasProse && found.length < fromEnd.length ? found : [];
}
