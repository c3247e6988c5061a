const MAX_CHARS = 50;
/** Names that DuckDB gives a meaning of its own. */
const TAKEN = /^(duckdb_|pg_|sqlite_|pragma_|main$|memory$|information_schema$)/;

/**
 * Names for the tables of one question, from the titles of datasets and results: words in lower case with underscores, without the
 * file's ending, each name once. They need no quotes unless DuckDB reserves the word.
 */
export function tableNames(titles: readonly string[]): string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const words = title
      .replace(/(\.(csv|tsv|txt|json|jsonl|ndjson|parquet|xlsx|gz|zst))+$/i, '')
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replaceAll(/^_+|_+$/g, '')
      .slice(0, MAX_CHARS)
      .replace(/_+$/, '');
    const base =
      words === '' || /^\d/.test(words) || TAKEN.test(words) ? `data_${words}`.replace(/_$/, '') : words;
    let name = base;
    for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`;
    taken.add(name);
    return name;
  });
}
