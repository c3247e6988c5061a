import { isUtf8 } from 'node:buffer';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import type { DatasetOverride } from '../../../contracts/dataset.js';
import { LIMITS } from '../../../contracts/limits.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { detectDialect } from '../../../domain/datasets/dialect/detect-dialect.js';
import { detectEncoding } from '../../../domain/datasets/dialect/detect-encoding.js';
import type { Dialect, Encoding, Evidence } from '../../../domain/datasets/dialect/dialect.js';
import { type JsonLayout, jsonLayout } from '../../../domain/datasets/json/json-layout.js';
import { guessEncodings } from './guess-encodings.js';
import { rewriteAsUtf8 } from './rewrite-as-utf8.js';
import { type ConvertedWorkbook, convertWorkbook, sheetFormat } from './xlsx/convert-workbook.js';

export interface InspectFileInput {
  path: string;
  /** Where a compressed file is unpacked to. */
  unpackedPath: string;
  /** Where the sheet of a workbook, or JSON that is no UTF-8, is written to as text. */
  sheetPath: string;
  override?: DatasetOverride;
}

export type InspectedFile =
  | { format: 'parquet'; path: string; sizeBytes: number }
  | {
      format: 'jsonl' | 'json';
      /** Of the text in UTF-8. */
      path: string;
      sizeBytes: number;
      layout: JsonLayout;
      /** Why it was read in another encoding than UTF-8, if it was. */
      encoding?: { name: Encoding; evidence: Evidence };
    }
  | {
      format: 'csv';
      path: string;
      sizeBytes: number;
      dialect: Dialect;
      isUtf8: boolean;
      /** The file was a workbook; what is read is one of its sheets, written as CSV with a record for each row. */
      workbook?: ConvertedWorkbook;
    };

const HEAD_BYTES = 512 * 1024;
const PIECE_BYTES = 1024 * 1024;
/** Pieces with bytes above 127 that are shown to the detection of the encoding. */
const HIGH_PIECES = 4;

/**
 * Says what a file is, by its content and not by its name, and unpacks it first where it is compressed.
 * @throws QuaestorError `dataset_empty`, `dataset_unreadable`, `dataset_unpacks_too_large`
 */
export async function inspectFile(input: InspectFileInput): Promise<InspectedFile> {
  const path = await unpack(input);
  if (await isZip(path)) return await inspectWorkbook({ ...input, path });
  const { size: sizeBytes } = await stat(path);
  if (sizeBytes === 0) throw new QuaestorError('dataset_empty', 'The file is empty.');
  const head = await readPiece(path, 0, HEAD_BYTES);
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { format: 'parquet', path, sizeBytes };
  assertIsText(head);
  const isWhole = sizeBytes <= HEAD_BYTES;
  const whole = await checkEncoding(path);
  const layout = jsonLayout(decodeHead(head), isWhole);
  if (layout) return await inspectJson({ ...input, path }, layout, { head, sizeBytes, ...whole });
  const tail = isWhole ? [] : [await readPiece(path, Math.max(HEAD_BYTES, sizeBytes - 64 * 1024), 64 * 1024)];
  const sample = {
    head,
    others: [...whole.highPieces, ...tail],
    isWhole,
    isUtf8: whole.isUtf8,
    guessEncodings,
  };
  const dialect = detectDialect(sample, input.override);
  if (!dialect) throw new QuaestorError('dataset_empty', 'The file holds no records.');
  return { format: 'csv', path, sizeBytes, dialect, isUtf8: whole.isUtf8 };
}

/** The beginning of a text whose marks are those of ASCII in any encoding but UTF-16. */
function decodeHead(head: Buffer): string {
  const { encoding } = detectEncoding(head, true);
  return new TextDecoder(encoding).decode(head);
}

/** DuckDB reads JSON in UTF-8 only. */
async function inspectJson(
  { path, override, sheetPath }: InspectFileInput,
  layout: JsonLayout,
  whole: { head: Buffer; sizeBytes: number; isUtf8: boolean; highPieces: Buffer[] },
): Promise<InspectedFile> {
  const { head, sizeBytes, isUtf8, highPieces } = whole;
  const format = layout === 'newline_delimited' ? 'jsonl' : 'json';
  const pieces = [head, ...highPieces];
  const found = detectEncoding(Buffer.concat(pieces), isUtf8, () => guessEncodings(pieces));
  const encoding = override?.encoding ?? found.encoding;
  if (encoding === 'utf-8' && isUtf8 && found.bomBytes === 0) return { format, path, sizeBytes, layout };
  await rewriteAsUtf8({ path, encoding, isUtf8, outputPath: sheetPath });
  const evidence: Evidence =
    encoding === found.encoding ? found.evidence : { about: 'encoding', confidence: 1, text: 'As you said.' };
  return { format, path: sheetPath, sizeBytes, layout, encoding: { name: encoding, evidence } };
}

const isZip = async (path: string): Promise<boolean> =>
  (await readPiece(path, 0, 4)).toString('latin1') === 'PK\u0003\u0004';

/** Header, notes and tables of a sheet are found as in a file; how its cells are written is known. */
async function inspectWorkbook(input: InspectFileInput): Promise<InspectedFile> {
  const path = input.sheetPath;
  const workbook = await convertWorkbook({
    path: input.path,
    outputPath: path,
    sheet: input.override?.sheet,
  });
  const { size: sizeBytes } = await stat(path);
  const head = await readPiece(path, 0, HEAD_BYTES);
  const sample = { head, isWhole: sizeBytes <= HEAD_BYTES, isUtf8: true };
  const { headerRows, skipRows, table } = input.override ?? {};
  const dialect = detectDialect(sample, { headerRows, skipRows, table, format: sheetFormat(workbook.width) });
  if (!dialect) throw new QuaestorError('dataset_empty', `The sheet "${workbook.sheet}" is empty.`);
  return { format: 'csv', path, sizeBytes, dialect, isUtf8: true, workbook };
}

async function readPiece(path: string, position: number, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function unpack({ path, unpackedPath }: InspectFileInput): Promise<string> {
  const magic = (await readPiece(path, 0, 4)).toString('hex');
  const isGzip = magic.startsWith('1f8b');
  if (!isGzip && magic !== '28b52ffd') return path;
  const packed = (await stat(path)).size;
  const most = Math.min(
    LIMITS.datasetUnpackedBytes,
    Math.max(64 * 1024 ** 2, packed * LIMITS.datasetUnpackRatio),
  );
  let unpacked = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      unpacked += chunk.length;
      if (unpacked <= most) return done(null, chunk);
      done(new QuaestorError('dataset_unpacks_too_large', `The file unpacks to more than ${most} bytes.`));
    },
  });
  try {
    const from = createReadStream(path, { highWaterMark: 64 * 1024 });
    const to = createWriteStream(unpackedPath);
    // One pipeline from file to file: whatever fails, both are closed.
    if (isGzip) await pipeline(from, createGunzip(), limit, to);
    else await pipeline(from, unzstd, limit, to);
  } catch (error) {
    if (error instanceof QuaestorError || (error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw new QuaestorError('dataset_unreadable', 'The compressed file is damaged.', { cause: error });
  }
  return unpackedPath;
}

async function* unzstd(packed: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => ready.push(chunk));
  for await (const chunk of packed) {
    decompress.push(chunk);
    yield* ready;
    ready = [];
  }
  decompress.push(new Uint8Array(), true);
  yield* ready;
}

/** Text has no zero bytes but in UTF-16, and hardly any control codes. */
function assertIsText(head: Buffer): void {
  const magic = head.subarray(0, 4).toString('latin1');
  const known: Record<string, string> = {
    '%PDF': 'a PDF',
    '\u00d0\u00cf\u0011\u00e0':
      'an old (.xls) or encrypted office document; save it as .xlsx without a password',
    '\u0089PNG': 'a picture',
  };
  const mark = /^\s*<(?:(!doctype html|html|table)|\?xml)\b/i.exec(decodeHead(head.subarray(0, 1_000)));
  if (mark) {
    const what = mark[1] ? 'a web page (HTML), whatever its name says' : 'XML';
    throw new QuaestorError('dataset_unreadable', `The file is ${what}; save it as .xlsx or .csv.`);
  }
  if (known[magic]) throw new QuaestorError('dataset_unreadable', `The file is ${known[magic]}.`);
  let zeros = 0;
  let controls = 0;
  for (let index = 0; index < head.length; index += 1) {
    const byte = head[index] ?? 0;
    if (byte === 0) zeros += 1;
    else if (byte < 32 && ![9, 10, 13, 1, 2, 28, 29, 30, 31].includes(byte)) controls += 1;
  }
  const hasBom = magic.startsWith('\u00ff\u00fe') || magic.startsWith('\u00fe\u00ff');
  const looksUtf16 = hasBom || detectEncoding(head, false).encoding.startsWith('utf-16');
  if (zeros > head.length / 1_000 && !looksUtf16) {
    throw new QuaestorError('dataset_unreadable', 'The file is binary: it has zero bytes in it.');
  }
  if (controls > head.length / 50) {
    throw new QuaestorError('dataset_unreadable', 'The file is binary: it has many control codes in it.');
  }
}

/** One pass over the file: is all of it UTF-8, and where are bytes above 127? */
async function checkEncoding(path: string): Promise<{ isUtf8: boolean; highPieces: Buffer[] }> {
  let isValid = true;
  const highPieces: Buffer[] = [];
  const file = await open(path);
  try {
    // One buffer for all pieces: a stream makes one for each, which takes half as long again.
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    let rest = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, rest, PIECE_BYTES - rest);
      const piece = buffer.subarray(0, rest + bytesRead);
      if (bytesRead === 0) return { isUtf8: isValid && isUtf8(piece), highPieces };
      const cut = utf8Boundary(piece);
      const isPieceValid = isUtf8(piece.subarray(0, cut));
      isValid &&= isPieceValid;
      if (!isPieceValid && highPieces.length < HIGH_PIECES) {
        const from = Math.max(0, piece.findIndex((byte) => byte > 127) - 1024);
        highPieces.push(Buffer.from(piece.subarray(from, from + 64 * 1024)));
      }
      // Nothing more can change the answer.
      if (!isValid && highPieces.length >= HIGH_PIECES) return { isUtf8: false, highPieces };
      rest = piece.copy(buffer, 0, cut);
    }
  } finally {
    await file.close();
  }
}

/** Index after the last whole UTF-8 sequence. */
function utf8Boundary(piece: Buffer): number {
  let index = piece.length - 1;
  for (let back = 0; back < 4 && index >= 0; back += 1, index -= 1) {
    const byte = piece[index] ?? 0;
    if (byte < 0x80) return piece.length;
    if (byte >= 0xc0) return index;
  }
  return piece.length;
}
