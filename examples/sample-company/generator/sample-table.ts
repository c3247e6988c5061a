/** A cell as it is loaded; JSON documents, dates, moments and money are text in Postgres' own notation. */
export type SampleValue = string | number | boolean | null;

/** One table's rows. `rows()` can be called again and gives the same rows. */
export interface SampleTable {
  /** With its schema: `public.orders`. */
  name: string;
  columns: readonly string[];
  rowCount: number;
  rows(): Iterable<SampleValue[]>;
}

/** Describes a table by one function a column, in column order. */
export function defineTable<T>(
  name: string,
  items: readonly T[],
  columns: Record<string, (item: T) => SampleValue>,
): SampleTable {
  const cells = Object.values(columns);
  return {
    name,
    columns: Object.keys(columns),
    rowCount: items.length,
    *rows() {
      for (const item of items) yield cells.map((cell) => cell(item));
    },
  };
}
