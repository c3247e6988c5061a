import type { ValueCount } from '../../../contracts/dataset-profile.js';

type Row = Record<string, unknown>;

/** A figure; DuckDB's wide integers come as text. 0 where there is none. */
export const numberOfCell = (value: unknown): number =>
  value === null || value === undefined ? 0 : Number(value);

/** A figure, or null where there is none or where it is no finite number. */
export function numberOrNull(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export const textOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value).slice(0, 200);

export const valueCounts = (value: unknown): ValueCount[] =>
  ((value ?? []) as Row[]).map((row) => ({
    text: String(row.text),
    count: Number(row.count),
    firstRow: Number(row.firstRow),
  }));

/** Rows by their `slot`. */
export function bySlot(rows: readonly Row[]): Map<number, Row[]> {
  const found = new Map<number, Row[]>();
  for (const row of rows) {
    const slot = Number(row.slot);
    const list = found.get(slot);
    if (list) list.push(row);
    else found.set(slot, [row]);
  }
  return found;
}
