/**
 * Names of a dataset's columns from its header records: several are joined, empty ones get a number, and names that differ only in
 * case are told apart, as DuckDB does not tell them apart itself. `__row` is taken.
 */
export function nameColumns(header: readonly (readonly string[])[], width: number): string[] {
  const taken = new Set(['__row', '__line']);
  return Array.from({ length: width }, (_, index) => {
    const parts = header
      .map((row) => (row[index] ?? '').replaceAll(/\s+/g, ' ').trim())
      .filter((part) => part !== '');
    const base = [...new Set(parts)].join(' ').slice(0, 200) || `column_${index + 1}`;
    let name = base;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${base}_${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
