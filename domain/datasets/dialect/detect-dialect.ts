import { detectEncoding } from './detect-encoding.js';
import { detectFormat } from './detect-format.js';
import { detectTables } from './detect-tables.js';
import type { Dialect, Encoding, EncodingGuess, Evidence, RecordFormat } from './dialect.js';
import { createRecordReader, type SourceRecord } from './read-records.js';

export interface DialectSample {
  /** The beginning of the file, at most some 512 KB. */
  head: Uint8Array;
  /** A piece from the end and pieces with bytes above 127, for the encoding. */
  others?: readonly Uint8Array[];
  /** The head is the whole file. */
  isWhole: boolean;
  /** The whole file is valid UTF-8. */
  isUtf8: boolean;
  /** Asked where the file is no UTF-8: what it may be, the likeliest first. None: Windows-1252, or GB18030 where its bytes look so. */
  guessEncodings?: (pieces: readonly Uint8Array[]) => readonly EncodingGuess[];
}

/** What a person decided instead. */
export interface DialectOverride {
  encoding?: Encoding;
  delimiter?: string;
  quote?: string;
  escape?: RecordFormat['escape'];
  /** Header records of the chosen table. */
  headerRows?: number;
  /** Records above the header. */
  skipRows?: number;
  /** Which of the tables, from 0. */
  table?: number;
  /** How records are written is known, as Quaestor wrote them itself; the text is UTF-8. */
  format?: RecordFormat;
}

/** Decides how the file is written, with reasons. Undefined for a file without any record. */
export function detectDialect(sample: DialectSample, override: DialectOverride = {}): Dialect | undefined {
  const pieces = [sample.head, ...(sample.others ?? [])];
  const bytes = join(pieces);
  const known = override.format;
  const detected = known
    ? undefined
    : detectEncoding(bytes, sample.isUtf8, () => sample.guessEncodings?.(pieces) ?? []);
  const encoding = override.encoding ?? detected?.encoding ?? 'utf-8';
  const bomBytes = encoding === detected?.encoding ? detected.bomBytes : 0;
  const text = new TextDecoder(encoding).decode(sample.head.subarray(bomBytes));
  if (text.trim() === '') return undefined;
  const found = known ? { format: known, evidence: [] } : detectFormat(text);
  let format: RecordFormat = found.format;
  if (override.delimiter !== undefined || override.quote !== undefined || override.escape !== undefined) {
    format = {
      ...format,
      delimiter: override.delimiter ?? format.delimiter,
      quote: override.quote ?? format.quote,
      escape: override.escape ?? format.escape,
    };
    format = { ...format, width: mostCommonWidth(readSample(text, { ...format, width: 0 }, sample.isWhole)) };
  }
  const records = readSample(text, format, sample.isWhole);
  if (records.length === 0) return undefined;
  const tables = detectTables(records, format.width, sample.isWhole);
  const evidence: Evidence[] = [
    ...(override.encoding ? [{ about: 'encoding', confidence: 1, text: 'As you said.' } as const] : []),
    ...(detected && !override.encoding ? [detected.evidence] : []),
    ...found.evidence,
    ...tables.evidence,
  ];
  const sizes = tables.tables.map((table) => (table.end ?? records.length) - table.start);
  const largest = sizes.indexOf(Math.max(...sizes));
  const dialect: Dialect = {
    encoding,
    hasBom: bomBytes > 0,
    format,
    tables: tables.tables,
    table: Math.min(override.table ?? Math.max(0, largest), Math.max(0, tables.tables.length - 1)),
    footerRows: tables.footerRows,
    confidence: Math.min(...evidence.map((item) => item.confidence)),
    evidence,
  };
  return overrideTable(dialect, override);
}

function overrideTable(dialect: Dialect, { headerRows, skipRows }: DialectOverride): Dialect {
  if (headerRows === undefined && skipRows === undefined) return dialect;
  const tables = dialect.tables.map((table, index) =>
    index === dialect.table
      ? { ...table, start: skipRows ?? table.start, headerRows: headerRows ?? table.headerRows }
      : table,
  );
  return { ...dialect, tables };
}

function readSample(text: string, format: RecordFormat, isWhole: boolean): SourceRecord[] {
  // The sample is bounded itself; how long a record may be is for the reader of the whole file to say.
  const reader = createRecordReader(format, { maxRecordChars: Number.POSITIVE_INFINITY });
  const records = reader.push(text);
  if (isWhole || records.length === 0) records.push(...reader.end());
  return records;
}

function mostCommonWidth(records: readonly SourceRecord[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
