import { type CellKind, cellKind } from './cell-kind.js';
import type { Evidence, TableRange } from './dialect.js';
import type { SourceRecord } from './read-records.js';

export interface DetectedTables {
  tables: TableRange[];
  footerRows: number;
  evidence: Evidence[];
}

type Row = Pick<SourceRecord, 'cells' | 'quoted'>;

/** Data records below a header that are looked at for the kinds of its columns. */
const BODY_RECORDS = 200;
const MOST_HEADER_ROWS = 5;

/**
 * Finds the tables in the records of a sample: what stands above (a preamble), the header records, and, when the sample is the
 * whole file, what stands below (a footer). `width` is the usual number of cells.
 */
export function detectTables(records: readonly Row[], width: number, isWhole: boolean): DetectedTables {
  const evidence: Evidence[] = [];
  const end = isWhole ? lastDataRecord(records, width) + 1 : records.length;
  const starts = tableStarts(records.slice(0, end), width);
  const tables: TableRange[] = starts.map(({ start, width: tableWidth }, index) => {
    const next = starts[index + 1];
    const stop = next ? beforeGap(records, next.start) : end;
    const header = countHeaderRows(records.slice(start, Math.min(stop, start + BODY_RECORDS)), tableWidth);
    evidence.push(header.evidence);
    return {
      start,
      headerRows: header.rows,
      width: tableWidth,
      ...(next || isWhole ? { end: stop } : {}),
    };
  });
  const first = tables[0];
  const above = records.slice(0, first?.start ?? 0).filter((record) => !isBlank(record)).length;
  if (above > 0) {
    evidence.push({
      about: 'preamble',
      confidence: 0.85,
      text: `${above} records of notes above the table.`,
    });
  }
  const footerRows = records.slice(end).filter((record) => !isBlank(record)).length;
  if (footerRows > 0) {
    evidence.push({
      about: 'footer',
      confidence: 0.8,
      text: `${footerRows} records of notes below the table.`,
    });
  }
  if (tables.length > 1) {
    evidence.push({
      about: 'tables',
      confidence: 0.7,
      text: `${tables.length} tables stand below each other.`,
    });
  }
  return { tables, footerRows, evidence };
}

const isBlank = (row: Row): boolean => row.cells.every((cell) => cell.trim() === '');
const filled = (row: Row): number => row.cells.filter((cell) => cell.trim() !== '').length;

/** Does the record look like one of a table of this width? */
const isTabular = (row: Row, width: number): boolean => {
  if (width <= 1) return !isBlank(row);
  return row.cells.length >= Math.min(width, 2) && filled(row) >= Math.min(2, width);
};

/** Records at the end among which a footer is looked for. */
const FOOTER_RECORDS = 60;

/** Index of the last record that is no footer: notes of one cell, and, after a gap, records of half the width at most. */
function lastDataRecord(records: readonly Row[], width: number): number {
  let last = records.length - 1;
  while (last >= 0 && isBlank(records[last] as Row)) last -= 1;
  if (width < 2) return last;
  const from = Math.max(0, last - FOOTER_RECORDS);
  let end = last;
  let isNarrow = true;
  for (let index = last; index >= from; index -= 1) {
    const row = records[index] as Row;
    if (isBlank(row)) {
      if (isNarrow) end = beforeGap(records, index + 1) - 1;
    } else if (isNote(row, width)) {
      if (end === index) end = index - 1;
    } else if (row.cells.length > width / 2) {
      isNarrow = false;
      break;
    }
  }
  while (end >= 0 && isBlank(records[end] as Row)) end -= 1;
  return end < 0 ? last : end;
}

/** A record with one cell only, the first, that is text. */
function isNote(row: Row, width: number): boolean {
  if (filled(row) > 1) return false;
  const text = row.cells[0]?.trim() ?? '';
  if (text === '') return false;
  return row.cells.length === 1 || (width >= 3 && cellKind(text) === 'text');
}

interface Start {
  start: number;
  width: number;
}

/** Where tables begin: at the first record of the usual kind, and after gaps or changes of width that last. */
function tableStarts(records: readonly Row[], width: number): Start[] {
  const first = firstTableRecord(records, width);
  if (first === undefined) return [];
  const starts: Start[] = [first];
  let current = first;
  let afterGap = false;
  for (let index = first.start + 1; index < records.length; index += 1) {
    const row = records[index] as Row;
    if (isBlank(row)) {
      afterGap = current.width > 1;
      continue;
    }
    const isWider = row.cells.length !== current.width && lasts(records, index, row.cells.length);
    const isHeaderAgain = afterGap && row.cells.length >= 2 && isHeaderOf(records, index);
    if ((isWider && row.cells.length >= 2) || isHeaderAgain) {
      current = { start: index, width: row.cells.length };
      starts.push(current);
    }
    afterGap = false;
  }
  return starts;
}

/** A table has three records of the same width at least, or two after which nothing comes. */
function lasts(records: readonly Row[], index: number, width: number): boolean {
  const next = records.slice(index, index + 4);
  return next.length >= 3 && next.every((row) => row.cells.length === width);
}

const isHeaderOf = (records: readonly Row[], index: number): boolean => {
  const width = (records[index] as Row).cells.length;
  const block: Row[] = [];
  for (const row of records.slice(index, index + BODY_RECORDS)) {
    if (isBlank(row)) break;
    block.push(row);
  }
  // One column may differ by chance; a header differs in several.
  return block.length >= 2 && countHeaderRows(block, width).strength >= Math.max(2, width / 2);
};

function beforeGap(records: readonly Row[], start: number): number {
  let end = start;
  while (end > 0 && isBlank(records[end - 1] as Row)) end -= 1;
  return end;
}

function firstTableRecord(records: readonly Row[], width: number): Start | undefined {
  const fallback = records.findIndex((row) => !isBlank(row));
  if (fallback < 0) return undefined;
  if (width < 2) return { start: fallback, width: 1 };
  const dense = usualFill(records);
  for (let index = fallback; index < records.length; index += 1) {
    const row = records[index] as Row;
    if (!isTabular(row, width) || isDelimitedNote(row, width, dense)) continue;
    // A sparse record is part of the table only when its neighbours are as sparse, or when it heads groups of columns.
    if (row.cells.length !== width) {
      // A cell too many or too few in the header itself: the table begins here all the same.
      if (isNearly(row, width) && records[index + 1]?.cells.length === width) return { start: index, width };
      if (!lasts(records, index, row.cells.length)) continue;
      return { start: index, width: row.cells.length };
    }
    if (filled(row) < width / 2 && !isSparseToo(records, index, filled(row)) && hasBlankBelow(records, index))
      continue;
    return { start: index, width };
  }
  return { start: fallback, width };
}

/** Median of the filled cells in the later part, where the notes above a table are not. */
function usualFill(records: readonly Row[]): number {
  const counts = records
    .slice(Math.floor(records.length / 2))
    .map(filled)
    .filter((count) => count > 0)
    .sort((a, b) => a - b);
  return counts[Math.floor(counts.length / 2)] ?? 0;
}

/** "Source:,the bureau,,,,": notes that a spreadsheet wrote with the table's width. */
const isDelimitedNote = (row: Row, width: number, dense: number): boolean =>
  width >= 4 &&
  row.cells.length === width &&
  filled(row) <= dense / 2 &&
  row.cells.slice(2).every((cell) => cell.trim() === '');

const isNearly = (row: Row, width: number): boolean =>
  width >= 3 &&
  Math.abs(row.cells.length - width) <= Math.max(1, width * 0.2) &&
  filled(row) >= (width - 1) * 0.6;

const hasBlankBelow = (records: readonly Row[], index: number): boolean =>
  records.slice(index + 1, index + 6).some(isBlank);

function isSparseToo(records: readonly Row[], index: number, count: number): boolean {
  const below = records.slice(index + 1, index + 21).filter((row) => !isBlank(row));
  const sparse = below.filter((row) => filled(row) <= count).length;
  return below.length > 0 && sparse >= below.length / 2;
}

interface Header {
  rows: number;
  /** Columns that speak for a header less those that speak against it. */
  strength: number;
  evidence: Evidence;
}

/** Kinds that tell a value from a name. */
const TYPED: readonly CellKind[] = ['number', 'date', 'time', 'boolean', 'address', 'code'];

/** How many of the first records are the header: those that hold names above columns that hold values of another kind. */
export function countHeaderRows(block: readonly Row[], width: number): Header {
  const none = (confidence: number, text: string, strength = 0): Header => ({
    rows: 0,
    strength,
    evidence: { about: 'header', confidence, text },
  });
  const first = block[0];
  if (!first) return none(1, 'There are no records.');
  const body = block.slice(1).filter((row) => !isBlank(row));
  if (body.length === 0) {
    const names = first.cells.every((cell) => ['text', 'code', 'empty'].includes(cellKind(cell)));
    return names
      ? {
          rows: 1,
          strength: 1,
          evidence: { about: 'header', confidence: 0.6, text: 'The only record holds names.' },
        }
      : none(0.6, 'The only record holds values.');
  }
  const votes = compare(first, body.slice(Math.min(body.length - 1, MOST_HEADER_ROWS)), width);
  const direct = compare(first, body, width);
  if (isSeries(first)) {
    return {
      rows: 1,
      strength: 1,
      evidence: { about: 'header', confidence: 0.8, text: 'The first record counts on.' },
    };
  }
  const balance = votes.for - votes.against;
  if (balance < 0 || (balance === 0 && votes.against > 0)) {
    return none(0.9, `The first record holds values as the others do (${votes.against} columns).`, balance);
  }
  if (balance === 0) {
    if (direct.repeated > 0) return none(0.7, 'Values of the first record come again in their columns.');
    const names = first.cells.filter((cell) => isName(cell)).length;
    const isNamed = names >= first.cells.length * 0.7 && new Set(first.cells).size === first.cells.length;
    if (!isNamed) return none(0.5, 'The first record does not look like names.');
    return {
      rows: 1,
      strength: 0,
      evidence: {
        about: 'header',
        confidence: 0.6,
        text: 'The first record looks like names; no column contradicts.',
      },
    };
  }
  const rows = 1 + furtherHeaderRows(block, width, votes.for);
  return {
    rows,
    strength: balance,
    evidence: {
      about: 'header',
      confidence: Math.min(100, 70 + 10 * balance) / 100,
      text: `${rows === 1 ? 'The first record holds names' : `The first ${rows} records hold names`} above values of other kinds in ${votes.for} columns.`,
    },
  };
}

/** Records after the first that are as much above the values as it is. */
function furtherHeaderRows(block: readonly Row[], width: number, firstVotes: number): number {
  let rows = 0;
  while (rows + 1 < Math.min(block.length - 1, MOST_HEADER_ROWS)) {
    const row = block[rows + 1] as Row;
    const below = block.slice(rows + 2);
    if (below.length < 2 || isBlank(row)) break;
    const votes = compare(row, below, width);
    const isSubHeader = votes.against === 0 && votes.for >= Math.max(1, Math.ceil(firstVotes * 0.6));
    if (!isSubHeader) break;
    rows += 1;
  }
  return rows;
}

function compare(
  head: Row,
  body: readonly Row[],
  width: number,
): { for: number; against: number; repeated: number } {
  const votes = { for: 0, against: 0, repeated: 0 };
  for (let column = 0; column < Math.min(width, head.cells.length); column += 1) {
    const cell = head.cells[column] ?? '';
    const kind = cellKind(cell);
    const kinds = new Map<CellKind, number>();
    let values = 0;
    let isRepeated = false;
    for (const row of body) {
      const value = row.cells[column];
      if (value === undefined) continue;
      const valueKind = cellKind(value);
      if (valueKind === 'empty') continue;
      values += 1;
      kinds.set(valueKind, (kinds.get(valueKind) ?? 0) + 1);
      if (value === cell) isRepeated = true;
    }
    if (isRepeated && kind !== 'empty') votes.repeated += 1;
    const [usual, count] = [...kinds].sort((a, b) => b[1] - a[1])[0] ?? ['empty', 0];
    if (values === 0 || !TYPED.includes(usual as CellKind) || count < values * 0.8) continue;
    if (kind === usual) votes.against += 1;
    else if (kind === 'text' || (kind === 'code' && usual !== 'code')) votes.for += 1;
    else if (kind !== 'empty' && TYPED.includes(kind) && usual !== 'code') votes.against += 0.5;
  }
  return votes;
}

/** 2000, 2001, 2002 …: years or months as names of columns; or one word with numbers: field1, field2 … */
function isSeries(row: Row): boolean {
  if (isNumberedWord(row)) return true;
  const cells = row.cells.slice(1);
  if (cells.at(-1)?.trim() === '') cells.pop();
  const numbers = cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
  if (numbers.length < 3) return false;
  const areYears = numbers.every((number) => number >= 1_800 && number <= 2_200);
  for (let index = 1; index < numbers.length; index += 1) {
    const step = (numbers[index] as number) - (numbers[index - 1] as number);
    if (step !== 1 && !(areYears && step > 0)) return false;
  }
  return (numbers[0] as number) >= 1 && cellKind(row.cells[0] ?? '') !== 'number';
}

function isNumberedWord({ cells }: Row): boolean {
  const parts = cells.map((cell) => /^\s*(\p{L}[\p{L} _-]*?)(\d+)\s*$/u.exec(cell));
  const first = parts[0];
  if (!first || cells.length < 2 || Number(first[2]) > 1) return false;
  return parts.every(
    (part, index) => part?.[1] === first[1] && Number(part?.[2]) === Number(first[2]) + index,
  );
}

const isName = (cell: string): boolean => {
  const text = cell.trim();
  return text !== '' && text.length <= 60 && /^[\p{L}_#%$€£"'(*]/u.test(text);
};
