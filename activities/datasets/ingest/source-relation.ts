import type { DatasetEvidence } from '../../../contracts/dataset.js';
import { nameColumns } from '../../../domain/datasets/column-names.js';
import { quoteLiteral } from '../duckdb/quote.js';
import type { InspectedFile } from './inspect-file.js';
import type { NormalisedFile } from './normalise-file.js';

/** The cells of a file as a relation of texts, before their types are known. */
export interface SourceRelation {
  /** Names of the dataset's columns. */
  names: string[];
  /** The relation: columns `c0`, `c1` …, and `__row` and `__line` where it is numbered. */
  from: string;
  isNumbered?: boolean;
  /** Expressions for the number of the data record, and for its line. */
  row: string;
  line: string;
  /** Known only where the file was normalised. */
  normalised?: NormalisedFile;
  /** What the file holds beside the cells of the table, and how that is told. */
  notes?: readonly SourceNote[];
  evidence?: readonly DatasetEvidence[];
}

/** A piece of the file that is no value of the table. */
export interface SourceNote {
  line: number;
  /** Where it would have been a cell of a column. */
  column?: string;
  text: string;
  reason: string;
}

export type CsvFile = Extract<InspectedFile, { format: 'csv' }>;

/** May DuckDB read the file as it is? It is exact for one regular table in UTF-8. */
export function isRegular({ dialect, isUtf8, workbook }: CsvFile): boolean {
  const [table] = dialect.tables;
  const { format } = dialect;
  return (
    // Blank rows of a sheet must be counted.
    workbook === undefined &&
    isUtf8 &&
    dialect.encoding === 'utf-8' &&
    dialect.tables.length === 1 &&
    dialect.footerRows === 0 &&
    table?.start === 0 &&
    table.headerRows <= 1 &&
    (table.end === undefined || format.width > 1) &&
    format.width > 1 &&
    new TextEncoder().encode(format.delimiter).length <= 4 &&
    !format.delimiter.endsWith(' ') &&
    format.escape === 'doubled' &&
    !format.carriageReturnEnds
  );
}

const cells = (count: number): string[] => Array.from({ length: count }, (_, index) => `c${index}`);
const columnList = (names: readonly string[]): string =>
  `{${names.map((name) => `${quoteLiteral(name)}: 'VARCHAR'`).join(', ')}}`;

/** The file itself, read strictly: any record that is not like the others is an error. */
export function regularRelation(file: CsvFile, header: readonly string[]): SourceRelation {
  const { format } = file.dialect;
  const width = file.dialect.tables[0]?.width ?? format.width;
  const hasHeader = (file.dialect.tables[0]?.headerRows ?? 0) > 0;
  const options = [
    'auto_detect = false',
    `header = ${hasHeader}`,
    `delim = ${quoteLiteral(format.delimiter)}`,
    `quote = ${quoteLiteral(format.quote)}`,
    `escape = ${quoteLiteral(format.quote)}`,
    'strict_mode = true',
    'null_padding = false',
    'allow_quoted_nulls = false',
    `columns = ${columnList(cells(width))}`,
  ];
  return {
    names: nameColumns(hasHeader ? [header] : [], width),
    from: `read_csv(${quoteLiteral(file.path)}, ${options.join(', ')})`,
    row: 'row_number() OVER ()',
    line: hasHeader ? '__row + 1' : '__row',
  };
}

export function normalisedRelation(path: string, normalised: NormalisedFile): SourceRelation {
  const { width, long, longestLine } = normalised;
  const maxLine = Math.max(2 * 1024 * 1024, longestLine);
  const options = [
    'auto_detect = false',
    'header = false',
    `delim = ','`,
    `quote = '"'`,
    `escape = '"'`,
    'allow_quoted_nulls = false',
    `max_line_size = ${maxLine}`,
    `buffer_size = ${Math.max(16 * 1024 * 1024, 2 * maxLine)}`,
    // Lines of different length can be read by one thread only.
    ...(long > 0 ? ['null_padding = true', 'parallel = false'] : ['null_padding = false']),
    `columns = {'__row': 'BIGINT', '__line': 'BIGINT', ${columnList(cells(width)).slice(1)}`,
  ];
  return {
    names: nameColumns(normalised.header, width),
    from: `read_csv(${quoteLiteral(path)}, ${options.join(', ')})`,
    row: '__row',
    line: '__line',
    isNumbered: true,
    normalised,
  };
}
