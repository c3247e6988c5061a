import type { QueryRows } from '../../activities/datasets/profile/query-rows.js';
import { fromParquet, quoteName, quoteText, ROW_COLUMN } from '../../activities/datasets/profile/sql-text.js';

/** Types that a column may get without losing a character: text that a cast and back gives again. */
const TYPES: readonly { type: string; form: string }[] = [
  { type: 'BIGINT', form: '^(0|-?[1-9][0-9]{0,17})$' },
  { type: 'DOUBLE', form: '^-?(0|[1-9][0-9]{0,11})(\\.[0-9]{1,9})?$' },
  { type: 'DATE', form: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' },
  { type: 'TIMESTAMP', form: '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}$' },
];

/**
 * Makes a dataset version of a CSV file as ingestion does, in small: every column text, then the type that all of its cells allow; empty
 * cells are null. `withDates` false leaves dates text, as qsv does by default.
 */
export async function writeParquet(
  query: QueryRows,
  input: { csv: string; parquet: string; withDates: boolean },
): Promise<void> {
  const read = `read_csv(${quoteText(input.csv)}, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', null_padding = true, strict_mode = false, max_line_size = 20000000, parallel = false)`;
  const raw = `${input.parquet}.raw`;
  await query(
    `COPY (SELECT row_number() OVER () AS ${ROW_COLUMN}, * FROM ${read}) TO ${quoteText(raw)} (FORMAT parquet)`,
  );
  const columns = (await query(`DESCRIBE SELECT * FROM ${fromParquet(raw)}`))
    .map((row) => String(row.column_name))
    .filter((name) => name !== ROW_COLUMN);
  const types = TYPES.filter(({ type }) => input.withDates || !/DATE|TIME/.test(type));
  const picked: string[] = [];
  for (const name of columns) {
    const column = `nullif(${quoteName(name)}, '')`;
    const checks = types.map(
      ({ form, type }, i) =>
        `bool_and(${column} IS NULL OR regexp_matches(${column}, ${quoteText(form)}) AND try_cast(${column} AS ${type}) IS NOT NULL) AS t_${i}`,
    );
    const [row = {}] = await query(
      `SELECT count(${column}) AS n, ${checks.join(', ')} FROM ${fromParquet(raw)}`,
    );
    const isEmpty = row.n === '0' || row.n === 0;
    const type = (isEmpty ? undefined : types.find((_, i) => row[`t_${i}`] === true)?.type) ?? 'VARCHAR';
    picked.push(`CAST(${column} AS ${type}) AS ${quoteName(name)}`);
  }
  await query(
    `COPY (SELECT ${ROW_COLUMN}, ${picked.join(', ')} FROM ${fromParquet(raw)}) TO ${quoteText(input.parquet)} (FORMAT parquet, COMPRESSION zstd)`,
  );
}
