export interface FileScore {
  name: string;
  /** Read without an error. */
  success: number;
  header: PrecisionRecall;
  records: PrecisionRecall;
  cells: PrecisionRecall;
  /** The sum of the ten measures. */
  total: number;
}

export interface PrecisionRecall {
  precision: number;
  recall: number;
  f1: number;
}

/**
 * Pollock's measures: success, and precision, recall and F1 of the header's cells, of the records and of the data cells, as multisets.
 * The first record is the header on both sides. `read` is undefined when reading failed.
 */
export function scoreFile(
  name: string,
  clean: readonly string[][],
  read: readonly string[][] | undefined,
): FileScore {
  const nothing: PrecisionRecall = { precision: 0, recall: 0, f1: 0 };
  if (!read) return { name, success: 0, header: nothing, records: nothing, cells: nothing, total: 0 };
  const header = compare(clean[0] ?? [], read[0] ?? []);
  const records = compare(clean.slice(1).map(key), read.slice(1).map(key));
  const cells = compare(clean.slice(1).flat(), read.slice(1).flat());
  const sum = [header, records, cells].reduce(
    (total, part) => total + part.precision + part.recall + part.f1,
    0,
  );
  return { name, success: 1, header, records, cells, total: 1 + sum };
}

const key = (row: readonly string[]): string => row.join('\u0000');

function compare(truth: readonly string[], found: readonly string[]): PrecisionRecall {
  if (truth.length === 0)
    return found.length === 0 ? { precision: 1, recall: 1, f1: 1 } : { precision: 0, recall: 0, f1: 0 };
  const left = new Map<string, number>();
  for (const item of truth) left.set(item, (left.get(item) ?? 0) + 1);
  let both = 0;
  for (const item of found) {
    const count = left.get(item) ?? 0;
    if (count === 0) continue;
    left.set(item, count - 1);
    both += 1;
  }
  if (both === 0) return { precision: 0, recall: 0, f1: 0 };
  const precision = both / found.length;
  const recall = both / truth.length;
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}
