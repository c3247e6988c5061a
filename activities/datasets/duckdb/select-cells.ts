import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { distinctNames } from '../../../domain/export/distinct-names.js';
import { type FileType, fileType } from '../../../domain/export/file-type.js';
import type { Result } from '../../../domain/result/result-shape.js';
import { quoteLiteral, quoteName } from './quote.js';

/** DuckDB's own; a longer one makes it take more memory. */
const DEFAULT_LINE_BYTES = 2 * 1024 * 1024;

/**
 * Writes the rows of a result to a file that only DuckDB shall read, and gives the SELECT that reads it: types as `fileType` finds them,
 * so that no cell loses anything; equal names are told apart.
 */
export async function selectCells(
  path: string,
  { columns, rows }: Pick<Result, 'columns' | 'rows'>,
  signal: AbortSignal,
): Promise<string> {
  // Texts are quoted and nulls are not, so that no text can be taken for a null.
  // The field behind the last one keeps a row of one null from being an empty line, which no reader counts.
  const line = (row: Result['rows'][number]): string =>
    `${row.map((cell) => (cell === null ? '' : `"${String(cell).replaceAll('"', '""')}"`)).join(',')},"."\n`;
  let longestBytes = DEFAULT_LINE_BYTES;
  const lines = function* () {
    for (const row of rows) {
      const text = line(row);
      longestBytes = Math.max(longestBytes, Buffer.byteLength(text) + 1);
      yield text;
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(path), { signal });
  const names = distinctNames(columns.map(({ name }) => name));
  const list = columns.map((column, index) => {
    const type = fileType(
      column,
      rows.map((row) => row[index] ?? null),
    );
    return `CAST(c${index} AS ${sqlType(type)}) AS ${quoteName(names[index]!)}`;
  });
  const given = columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  const read =
    rows.length === 0
      ? `(SELECT ${columns.map((_, index) => `NULL::VARCHAR AS c${index}`).join(', ')} WHERE false)`
      : `read_csv(${quoteLiteral(path)}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\\n',
           nullstr = '', allow_quoted_nulls = false, max_line_size = ${longestBytes}, parallel = false, columns = {${given}, 'behind': 'VARCHAR'})`;
  return `SELECT ${list.join(', ')} FROM ${read}`;
}

function sqlType(type: FileType): string {
  switch (type.kind) {
    case 'integer':
      return 'BIGINT';
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'double':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'DATE';
    case 'timestamp':
      return 'TIMESTAMP';
    case 'timestamptz':
      return 'TIMESTAMPTZ';
    case 'text':
      return 'VARCHAR';
  }
}
