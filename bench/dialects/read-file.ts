import { isUtf8 } from 'node:buffer';
import { guessEncodings } from '../../activities/datasets/ingest/guess-encodings.js';
import { detectDialect } from '../../domain/datasets/dialect/detect-dialect.js';
import { createRecordReader } from '../../domain/datasets/dialect/read-records.js';

const HEAD_BYTES = 512 * 1024;

/** Detects the dialect of a file and reads its tables: header records, then data records; tables stand below each other. */
export function readPolluted(bytes: Buffer): string[][] {
  const dialect = detectDialect({
    head: bytes.subarray(0, HEAD_BYTES),
    isWhole: bytes.length <= HEAD_BYTES,
    isUtf8: isUtf8(bytes),
    guessEncodings,
  });
  if (!dialect) return [];
  const text = new TextDecoder(dialect.encoding).decode(bytes);
  const reader = createRecordReader(dialect.format, { maxRecordChars: 16 * 1024 * 1024 });
  const records = [...reader.push(text), ...reader.end()];
  return dialect.tables.flatMap(({ start, end }) =>
    records
      .slice(start, end)
      .map(({ cells }) => cells)
      .filter((cells) => cells.length > 1 || cells[0] !== '' || dialect.format.width === 1),
  );
}

/** A clean file: commas, double quotes, UTF-8. */
export function readClean(bytes: Buffer): string[][] {
  const text = new TextDecoder('utf-8').decode(bytes);
  const reader = createRecordReader(
    { delimiter: ',', quote: '"', escape: 'doubled', carriageReturnEnds: false, width: 0 },
    { maxRecordChars: Number.POSITIVE_INFINITY },
  );
  return [...reader.push(text), ...reader.end()].map(({ cells }) => cells);
}
