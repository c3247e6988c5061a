import type { RecordFormat } from './dialect.js';

/** One record of the file. */
export interface SourceRecord {
  cells: string[];
  /** By cell: was it in quotes? An empty cell without is missing, with is an empty text. */
  quoted: boolean[];
  /** Physical line on which it begins, from 1. */
  line: number;
  /** Another reading than the file's usual one gave the usual number of cells. */
  isMended: boolean;
}

/** The reader met a record that is longer than it may be. */
export class RecordTooLongError extends Error {
  override readonly name = 'RecordTooLongError';
  constructor(
    readonly line: number,
    readonly maxChars: number,
  ) {
    super(`The record on line ${line} is longer than ${maxChars} characters`);
  }
}

interface Scan {
  cells: string[];
  quoted: boolean[];
  /** Index after the record's line end. */
  next: number;
  /** Line ends inside of cells. */
  innerLines: number;
  /** Quotes that neither open, close nor are escaped. */
  strays: number;
  /** The text ended inside of quotes. */
  isOpen: boolean;
}

export interface RecordReader {
  /** Records that are complete with this piece. */
  push(text: string): SourceRecord[];
  /** The rest. */
  end(): SourceRecord[];
}

const OTHER_DELIMITERS = [',', ';', '\t', '|', ' '];

/**
 * Reads records from pieces of text. It is lenient where files are broken: a quote closes only before a delimiter or a line end,
 * and a record that does not have the usual number of cells is read again without escapes, line by line, and with another
 * delimiter; a reading that gives the usual number is taken and marked.
 * @throws RecordTooLongError
 */
export function createRecordReader(format: RecordFormat, options: { maxRecordChars: number }): RecordReader {
  let text = '';
  let line = 1;

  const drain = (isEnd: boolean): SourceRecord[] => {
    const records: SourceRecord[] = [];
    let at = 0;
    while (at < text.length) {
      const scan = scanRecord(text, at, format, isEnd);
      if (!scan) break;
      const mended = needsMending(scan, format)
        ? mend(text, at, format, isEnd)
        : isRunOn(scan)
          ? cutRunOn(text.slice(0, scan.next), at, format)
          : undefined;
      // An open quote may be closed by the next piece, unless it has run too far to be believed.
      const isTooFar = scan.isOpen && text.length - at > options.maxRecordChars;
      if (scan.isOpen && !mended && !isEnd && !isTooFar) break;
      const unquoted =
        scan.isOpen && !mended && scan.innerLines > 0 ? readUnquoted(text, at, format) : undefined;
      if (isTooFar && !mended && !unquoted) break;
      const taken = mended ?? unquoted ?? scan;
      records.push({ cells: taken.cells, quoted: taken.quoted, line, isMended: taken !== scan });
      line += taken.innerLines + 1;
      at = taken.next;
    }
    text = text.slice(at);
    if (text.length > options.maxRecordChars) throw new RecordTooLongError(line, options.maxRecordChars);
    return records;
  };

  return {
    push: (piece) => {
      text += piece;
      return drain(false);
    },
    end: () => drain(true),
  };
}

const needsMending = (scan: Scan, format: RecordFormat): boolean =>
  scan.isOpen || (format.width > 1 && scan.cells.length !== format.width && !isBlank(scan));

/** A cell goes over lines and has quotes in it that nobody escaped: perhaps it was never closed, and ends at a quote of the next record. */
const isRunOn = (scan: Scan): boolean => scan.innerLines > 0 && scan.strays > 0;

/** The first line by itself, where it and the next one have the usual number of cells each. */
function cutRunOn(text: string, at: number, format: RecordFormat): Scan | undefined {
  const first = readUnquoted(text, at, format);
  if (!first || first.cells.length !== format.width || format.width === 1) return undefined;
  const next = scanRecord(text, first.next, format, true);
  const isRecord = next?.cells.length === format.width && next.strays === 0 && !next.isOpen;
  return isRecord ? first : undefined;
}

const isBlank = (scan: Scan): boolean => scan.cells.length === 1 && scan.cells[0] === '';

/** Readings of the first line only; undefined when none gives the usual width. */
function mend(text: string, at: number, format: RecordFormat, isEnd: boolean): Scan | undefined {
  const lineEnd = findLineEnd(text, at, format);
  if (lineEnd < 0 && !isEnd) return undefined;
  const oneLine = text.slice(at, lineEnd < 0 ? text.length : afterLineEnd(text, lineEnd));
  const literal = scanRecord(oneLine, 0, { ...format, escape: 'none' }, true);
  if (fits(literal, oneLine, format)) return { ...literal, next: at + literal.next };
  for (const delimiter of OTHER_DELIMITERS) {
    if (delimiter === format.delimiter) continue;
    const other = scanRecord(oneLine, 0, { ...format, delimiter }, true);
    // Words of a sentence are no cells: a space delimits only what is in quotes.
    if (!fits(other, oneLine, format) || (delimiter === ' ' && !other.quoted.some(Boolean))) continue;
    return { ...other, next: at + other.next };
  }
  return undefined;
}

/** The first line with its quotes as ordinary characters: what is left when a quote is never closed. */
function readUnquoted(text: string, at: number, format: RecordFormat): Scan | undefined {
  const lineEnd = findLineEnd(text, at, format);
  if (lineEnd < 0) return undefined;
  const oneLine = text.slice(at, afterLineEnd(text, lineEnd));
  const scan = scanRecord(oneLine, 0, { ...format, quote: '' }, true);
  return scan && { ...scan, next: at + scan.next };
}

const fits = (scan: Scan | undefined, oneLine: string, format: RecordFormat): scan is Scan =>
  scan !== undefined && !scan.isOpen && scan.cells.length === format.width && scan.next === oneLine.length;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BACKSLASH = 92;

function findLineEnd(text: string, from: number, format: RecordFormat): number {
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === LINE_FEED) return index;
    if (code !== CARRIAGE_RETURN) continue;
    if (text.charCodeAt(index + 1) === LINE_FEED || format.carriageReturnEnds) return index;
  }
  return -1;
}

const afterLineEnd = (text: string, index: number): number =>
  text.charCodeAt(index) === CARRIAGE_RETURN && text.charCodeAt(index + 1) === LINE_FEED
    ? index + 2
    : index + 1;

/** Undefined when the record may go on after the text's end. */
function scanRecord(text: string, start: number, format: RecordFormat, isEnd: boolean): Scan | undefined {
  const { delimiter, carriageReturnEnds } = format;
  const firstOfDelimiter = delimiter === '' ? -1 : delimiter.charCodeAt(0);
  const quote = format.quote === '' ? -1 : format.quote.charCodeAt(0);
  const scan: Scan = { cells: [], quoted: [], next: text.length, innerLines: 0, strays: 0, isOpen: false };

  const isDelimiterAt = (index: number): boolean =>
    text.charCodeAt(index) === firstOfDelimiter &&
    (delimiter.length === 1 || text.startsWith(delimiter, index));
  const isLineEndAt = (index: number): boolean => {
    const code = text.charCodeAt(index);
    if (code === LINE_FEED) return true;
    return code === CARRIAGE_RETURN && (carriageReturnEnds || text.charCodeAt(index + 1) === LINE_FEED);
  };

  let at = start;
  for (;;) {
    const opening = quote < 0 ? -1 : openingQuote(text, at, quote, delimiter);
    let end: number;
    if (opening >= 0) {
      const cell = readQuoted(text, opening + 1, format, scan, isDelimiterAt, isLineEndAt);
      if (cell.isOpen) {
        if (!isEnd) return { ...scan, isOpen: true };
        scan.isOpen = true;
      }
      scan.cells.push(cell.text);
      scan.quoted.push(true);
      end = cell.end;
    } else {
      end = at;
      while (end < text.length && !isDelimiterAt(end) && !isLineEndAt(end)) {
        if (text.charCodeAt(end) === quote) scan.strays += 1;
        end += 1;
      }
      scan.cells.push(text.slice(at, end));
      scan.quoted.push(false);
    }
    if (end >= text.length) {
      if (!isEnd) return undefined;
      scan.next = text.length;
      return scan;
    }
    if (isDelimiterAt(end)) {
      at = end + delimiter.length;
      continue;
    }
    // A carriage return at the very end of a piece may belong to a line feed in the next.
    if (!isEnd && text.charCodeAt(end) === CARRIAGE_RETURN && end + 1 >= text.length) return undefined;
    scan.next = afterLineEnd(text, end);
    return scan;
  }
}

/** Index of a quote that opens a cell, after blanks that are not the delimiter; -1 where the cell is not quoted. */
function openingQuote(text: string, at: number, quote: number, delimiter: string): number {
  let index = at;
  if (delimiter !== ' ') while (text.charCodeAt(index) === 32) index += 1;
  return text.charCodeAt(index) === quote ? index : -1;
}

function readQuoted(
  text: string,
  start: number,
  format: RecordFormat,
  scan: Scan,
  isDelimiterAt: (index: number) => boolean,
  isLineEndAt: (index: number) => boolean,
): { text: string; end: number; isOpen: boolean } {
  const quote = format.quote.charCodeAt(0);
  let value = '';
  let from = start;
  let at = start;
  let innerLines = 0;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED) innerLines += 1;
    else if (code === BACKSLASH && format.escape === 'backslash') {
      const next = text.charCodeAt(at + 1);
      if (next !== quote && next !== BACKSLASH) continue;
      value += text.slice(from, at);
      from = at + 1;
      at += 1;
    } else if (code === quote) {
      const next = at + 1;
      if (format.escape !== 'none' && text.charCodeAt(next) === quote) {
        // A pair is one quote, in whatever way the others are escaped.
        value += text.slice(from, next);
        from = next + 1;
        at = next;
        continue;
      }
      let after = next;
      if (format.delimiter !== ' ') while (text.charCodeAt(after) === 32 && !isDelimiterAt(after)) after += 1;
      if (after >= text.length || isDelimiterAt(after) || isLineEndAt(after)) {
        scan.innerLines += innerLines;
        return { text: value + text.slice(from, at), end: after, isOpen: false };
      }
      scan.strays += 1;
    }
  }
  scan.innerLines += innerLines;
  return { text: value + text.slice(from), end: text.length, isOpen: true };
}
