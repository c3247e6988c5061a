import { cellKind } from './cell-kind.js';
import type { EscapeStyle, Evidence, RecordFormat } from './dialect.js';
import { createRecordReader, type SourceRecord } from './read-records.js';

export interface DetectedFormat {
  format: RecordFormat;
  evidence: Evidence[];
}

/** Delimiters with how readily each is believed. */
const DELIMITERS: readonly (readonly [string, number])[] = [
  [',', 1],
  [';', 1],
  ['\t', 1],
  ['|', 0.98],
  ['\u0001', 0.98],
  ['\u001f', 0.98],
  ['§', 0.95],
  ['¦', 0.95],
  ['~', 0.9],
  ['^', 0.9],
  ['||', 0.99],
  ['\t\t', 0.99],
  ['::', 0.95],
  [';;', 0.9],
  ['#', 0.75],
  ['*', 0.75],
  [':', 0.7],
  ['=', 0.6],
  ['/', 0.6],
  ['&', 0.6],
  [' ', 0.72],
];
/** Characters that stand inside of dates, times and addresses. */
const WEAK = new Set([':', '/', ' ', '=', '&', '#', '*']);
const QUOTES = ['"', "'"] as const;
const SAMPLE_RECORDS = 400;

interface Candidate {
  format: RecordFormat;
  score: number;
  /** Share of the records that have the usual width. */
  consistency: number;
  /** Share of the cells that are quoted or values rather than words. */
  values: number;
}

/**
 * Decides delimiter, quote and escape by reading the sample with each of them. A reading is good when most records have the same
 * number of cells and the cells look like values; close to CleverCSV's consistency measure (van den Burg et al., 2019), with the
 * share of the usual width in place of its pattern score.
 */
export function detectFormat(sample: string): DetectedFormat {
  const carriageReturnEnds = endsWithCarriageReturns(sample);
  const candidates: Candidate[] = [];
  const linesAreValues = areValues(sample);
  for (const [delimiter, prior] of DELIMITERS) {
    if (!sample.includes(delimiter)) continue;
    for (const quote of ['', ...QUOTES]) {
      if (quote !== '' && !opensCells(sample, delimiter, quote)) continue;
      if (quote === '' && opensCells(sample, delimiter, '"')) continue;
      const candidate = judge(sample, { delimiter, quote, escape: 'doubled', carriageReturnEnds, width: 0 });
      // Blanks between words make no cells.
      const isProse = delimiter === ' ' && candidate.values < 0.2;
      const doubt = isProse || (WEAK.has(delimiter) && linesAreValues) ? 0.1 : 1;
      candidates.push({ ...candidate, score: candidate.score * prior * doubt });
    }
  }
  candidates.sort((a, b) => b.score - a.score);
  const best = candidates[0];
  if (!best || best.score < 0.15) return oneColumn(sample, carriageReturnEnds);
  const runnerUp = candidates.find((other) => other.format.delimiter !== best.format.delimiter);
  const escaping = detectEscape(sample, best.format);
  const spaced = isSpaced(sample, best.format) ? `${best.format.delimiter} ` : best.format.delimiter;
  let format: RecordFormat = { ...best.format, escape: escaping.style, delimiter: spaced };
  format = { ...format, width: usualWidth(read(sample, { ...format, width: 0 })).width };
  const margin = runnerUp ? Math.max(0, 1 - runnerUp.score / best.score) : 1;
  return {
    format,
    evidence: [
      {
        about: 'delimiter',
        confidence: round(best.consistency * (0.6 + 0.4 * Math.min(1, margin * 2))),
        text: `${named(spaced)} gives ${format.width} cells in ${Math.round(best.consistency * 100)} % of the records${
          runnerUp ? `; next best ${named(runnerUp.format.delimiter)}` : ''
        }.`,
      },
      {
        about: 'quote',
        confidence: format.quote === '' ? 0.9 : 1,
        text: format.quote === '' ? 'No cell begins with a quote.' : `Cells are quoted with ${format.quote}`,
      },
      ...escaping.evidence,
    ],
  };
}

/** Are most lines one date, time or address each? */
function areValues(sample: string): boolean {
  const lines = sample.split(/[\r\n]+/, SAMPLE_RECORDS).filter((line) => line.trim() !== '');
  const values = lines.filter((line) => ['date', 'time', 'address'].includes(cellKind(line))).length;
  return values > lines.length * 0.7;
}

export const named = (delimiter: string): string =>
  ({
    ',': 'comma',
    ';': 'semicolon',
    '\t': 'tab',
    '|': 'bar',
    ' ': 'space',
    ', ': 'comma and space',
    '': 'none',
  })[delimiter] ?? `"${delimiter}"`;

const round = (value: number): number => Math.round(value * 100) / 100;

/** Lone carriage returns end records when, outside of double quotes, they are by far the most of the line ends. */
function endsWithCarriageReturns(sample: string): boolean {
  if (!/\r(?!\n)/.test(sample)) return false;
  let returns = 0;
  let feeds = 0;
  let isQuoted = false;
  for (let index = 0; index < sample.length; index += 1) {
    const code = sample.charCodeAt(index);
    if (code === 34) isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (code === 10) feeds += 1;
    else if (code === 13 && sample.charCodeAt(index + 1) !== 10) returns += 1;
  }
  return returns > 2 * feeds;
}

/** Is the quote found where a cell may begin, and again where one may end? */
function opensCells(sample: string, delimiter: string, quote: string): boolean {
  const mark = escapeRegExp(delimiter);
  const opens = sample.match(new RegExp(`(?:^|${mark}) *${quote}`, 'gm'))?.length ?? 0;
  const closes = sample.match(new RegExp(`${quote} *(?:$|\\r|${mark})`, 'gm'))?.length ?? 0;
  // An apostrophe at the beginning of one word is no quotation.
  return quote === '"'
    ? opens > 0 && closes > 0
    : opens > 1 && closes >= opens * 0.7 && closes <= opens * 1.5;
}

const escapeRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function read(sample: string, format: RecordFormat, limit = SAMPLE_RECORDS): SourceRecord[] {
  const reader = createRecordReader(format, { maxRecordChars: Number.POSITIVE_INFINITY });
  const records = reader.push(sample);
  // The sample's last record may be cut; it counts only when there is nothing else.
  if (records.length < 3) records.push(...reader.end());
  return records.slice(0, limit).filter((record) => record.cells.length > 1 || record.cells[0] !== '');
}

function usualWidth(records: readonly SourceRecord[]): { width: number; share: number } {
  const counts = new Map<number, number>();
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  let width = 1;
  let most = 0;
  for (const [cells, count] of counts) {
    // Among equals the wider one: notes above a table are narrow.
    if (count > most || (count === most && cells > width)) {
      width = cells;
      most = count;
    }
  }
  return { width, share: records.length === 0 ? 0 : most / records.length };
}

function judge(sample: string, format: RecordFormat): Candidate {
  const records = read(sample, format);
  const { width, share } = usualWidth(records);
  const formatWithWidth = { ...format, width };
  if (width < 2) return { format: formatWithWidth, score: 0, consistency: 0, values: 0 };
  let sum = 0;
  let cells = 0;
  let inner = 0;
  let values = 0;
  for (const record of records) {
    if (record.cells.length !== width) continue;
    for (const [index, cell] of record.cells.entries()) {
      sum += cellScore(cell, record.quoted[index] === true);
      cells += 1;
      if (record.quoted[index] || !['text', 'empty'].includes(cellKind(cell))) values += 1;
      if (record.quoted[index] && cell.includes('\n')) inner += 1;
    }
  }
  const plausible = sum / Math.max(1, cells);
  // Several tables or notes leave the usual width with less than all records: neighbours of equal width speak for a reading too.
  const runs = neighbourShare(records);
  const consistency = Math.max(share, runs * 0.9);
  const multiline = 1 - Math.min(0.5, inner / Math.max(1, cells));
  return {
    format: formatWithWidth,
    consistency,
    values: values / Math.max(1, cells),
    score: consistency ** 2 * plausible * multiline * ((width - 0.6) / width) ** 0.5,
  };
}

/** Share of the records that are as wide as the one before, of those with more than one cell. */
function neighbourShare(records: readonly SourceRecord[]): number {
  let same = 0;
  for (let index = 1; index < records.length; index += 1) {
    const width = records[index]?.cells.length ?? 0;
    if (width > 1 && width === records[index - 1]?.cells.length) same += 1;
  }
  return records.length < 2 ? 0 : same / (records.length - 1);
}

function cellScore(cell: string, isQuoted: boolean): number {
  if (isQuoted) return 1;
  const kind = cellKind(cell);
  if (kind === 'empty') return 0.7;
  // Other delimiters and quotes inside of a bare cell speak against the reading.
  if (/[;\t|]/.test(cell)) return 0.1;
  if (/"/.test(cell)) return 0.2;
  if (kind !== 'text') return 1;
  return cell.includes(',') ? 0.5 : 0.85;
}

function detectEscape(sample: string, format: RecordFormat): { style: EscapeStyle; evidence: Evidence[] } {
  if (format.quote === '' || !sample.includes(format.quote)) return { style: 'doubled', evidence: [] };
  const q = format.quote;
  const mark = escapeRegExp(format.delimiter);
  const count = (pattern: string): number => sample.match(new RegExp(pattern, 'gm'))?.length ?? 0;
  // A backslash before a single quote that does not close the cell.
  const backslashed = count(`[^\\\\]\\\\${q}(?!${q}|\\s*(?:${mark}|\\r?$))`);
  const doubled =
    count(`[^${q}]${q}${q}(?!${q}|\\s*(?:${mark}|\\r?$))`) + count(`[^${q}]${q}${q}${q}(?!${q})`);
  const styles: { style: EscapeStyle; count: number }[] = [
    { style: 'doubled', count: doubled },
    { style: 'backslash', count: backslashed },
  ];
  // Lone quotes inside of cells without any other style: nothing is escaped.
  const bare = loneQuotes(sample, format);
  if (bare > 2 && doubled === 0 && backslashed === 0) {
    return {
      style: 'none',
      evidence: [
        { about: 'escape', confidence: 0.7, text: `${bare} quotes stand inside of cells as they are.` },
      ],
    };
  }
  styles.sort((a, b) => b.count - a.count);
  const [best, other] = styles;
  if (!best || best.count === 0) return { style: 'doubled', evidence: [] };
  return {
    style: best.count === other?.count ? 'doubled' : best.style,
    evidence: [
      {
        about: 'escape',
        confidence: round(best.count / (best.count + (other?.count ?? 0))),
        text:
          best.style === 'doubled'
            ? 'Quotes in cells are doubled.'
            : 'Quotes in cells stand after a backslash.',
      },
    ],
  };
}

/** Quotes inside of quoted cells that nothing escapes, read without escapes. */
function loneQuotes(sample: string, format: RecordFormat): number {
  let quotes = 0;
  for (const record of read(sample, { ...format, escape: 'none', width: 0 })) {
    for (const [index, cell] of record.cells.entries()) {
      if (record.quoted[index]) quotes += cell.split(format.quote).length - 1;
    }
  }
  return quotes;
}

/** Is every delimiter outside of quotes followed by a blank? Then the blank belongs to it. */
function isSpaced(sample: string, format: RecordFormat): boolean {
  if (format.delimiter.trim() === '' || format.delimiter.endsWith(' ')) return false;
  let spaced = 0;
  let all = 0;
  for (const record of read(sample, { ...format, quote: format.quote })) {
    for (const [index, cell] of record.cells.entries()) {
      if (index === 0) continue;
      all += 1;
      // The reader drops blanks before a quote, so quoted cells count as spaced when the text has them so.
      if (record.quoted[index] || cell.startsWith(' ')) spaced += 1;
    }
  }
  if (all === 0 || spaced < all) return false;
  const withBlank = sample.split(`${format.delimiter} `).length - 1;
  return withBlank >= all * 0.9;
}

function oneColumn(sample: string, carriageReturnEnds: boolean): DetectedFormat {
  const isQuoted = /^"[^\n]*"\r?$/m.test(sample);
  return {
    format: { delimiter: '', quote: isQuoted ? '"' : '', escape: 'doubled', carriageReturnEnds, width: 1 },
    evidence: [
      { about: 'delimiter', confidence: 0.6, text: 'No delimiter cuts the records alike: one column.' },
    ],
  };
}
