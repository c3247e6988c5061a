import type { Association, ColumnProfile, Dependency, Finding } from '../../../contracts/dataset-profile.js';
import { sayCount } from '../../say-count.js';

/** What was found over several columns or in the rows. */
export interface FileEvidence {
  rows: number;
  columns: readonly ColumnProfile[];
  duplicateRows: number;
  duplicateRowNumbers: number[];
  /** See chanceDuplicates. */
  chanceDuplicates: number;
  emptyRows: number;
  emptyRowNumbers: number[];
  candidateKeys: string[][];
  dependencies: readonly Dependency[];
  brokenDependencies: readonly (Dependency & { violations: number; rows: number[] })[];
  associations: readonly Association[];
  totalRows: number[];
  preambleRows: number[];
  footerRows: number[];
  headerRows: number[];
  /** Cells that could not be converted when the file was read, by column. */
  rejected: readonly {
    column: string;
    /** They are words for nothing. */
    saysNothing: boolean;
    count: number;
    rows: number[];
    examples: string[];
  }[];
  /** Records that were left out of the table when the file was read: their lines and texts. */
  outside?: Record<'above' | 'below', { lines: number[]; texts: string[] }> | undefined;
}

const STRONG = 0.9;

export function warnAboutFile(of: FileEvidence): Finding[] {
  return [...rowWarnings(of), ...outsideWarnings(of), ...columnWarnings(of), ...notices(of)];
}

function rowWarnings(of: FileEvidence): Finding[] {
  const rows = (kind: Finding['kind'], count: number, message: string, numbers: number[]): Finding[] =>
    count > 0 ? [{ level: 'warning', kind, count, message, rows: numbers.slice(0, 10) }] : [];
  return [
    ...rows(
      'duplicate-rows',
      // Few answers to few questions repeat without being a defect.
      of.duplicateRows > 2 * of.chanceDuplicates ? of.duplicateRows : 0,
      `${sayCount(of.duplicateRows, 'row repeats', 'rows repeat')} an earlier row.`,
      of.duplicateRowNumbers,
    ),
    ...rows(
      'empty-rows',
      of.emptyRows,
      `${sayCount(of.emptyRows, 'row is', 'rows are')} empty.`,
      of.emptyRowNumbers,
    ),
    ...rows(
      'subtotal-rows',
      of.totalRows.length,
      `${sayCount(of.totalRows.length, 'row is a total', 'rows are totals')} of other rows.`,
      of.totalRows,
    ),
    ...rows(
      'preamble-rows',
      of.preambleRows.length,
      of.preambleRows.length === 1
        ? 'The first row is no data.'
        : `The first ${of.preambleRows.length} rows are no data.`,
      of.preambleRows,
    ),
    ...rows(
      'footer-rows',
      of.footerRows.length,
      of.footerRows.length === 1
        ? 'The last row is no data.'
        : `The last ${of.footerRows.length} rows are no data.`,
      of.footerRows,
    ),
    ...rows(
      'repeated-header',
      of.headerRows.length,
      `The header is repeated ${sayCount(of.headerRows.length, 'time', 'times')} among the rows.`,
      of.headerRows,
    ),
  ];
}

/** What was above and below the table in the file; ingestion has left it out. */
function outsideWarnings({ outside }: FileEvidence): Finding[] {
  const told = (kind: 'preamble-rows' | 'footer-rows', where: 'above' | 'below'): Finding[] => {
    const { lines = [], texts = [] } = outside?.[where] ?? {};
    if (lines.length === 0) return [];
    const records = sayCount(
      lines.length,
      `record ${where} the table was`,
      `records ${where} the table were`,
    );
    const message = `${records} left out as no data, the first in line ${lines[0]}.`;
    return [{ level: 'warning', kind, count: lines.length, message, examples: texts.slice(0, 5) }];
  };
  return [...told('preamble-rows', 'above'), ...told('footer-rows', 'below')];
}

function columnWarnings(of: FileEvidence): Finding[] {
  const found: Finding[] = [];
  const prints = new Map<string, ColumnProfile>();
  for (const column of of.columns) {
    // Empty and constant columns are told as such.
    if (column.distinct < 2 || column.fingerprint === '') continue;
    const twin = prints.get(column.fingerprint);
    if (!twin) {
      prints.set(column.fingerprint, column);
      continue;
    }
    const message = `${column.name} is the same as ${twin.name} in every row.`;
    found.push({
      level: 'warning',
      kind: 'duplicate-column',
      column: column.name,
      count: of.rows,
      message,
      examples: [twin.name],
    });
  }
  for (const { column, saysNothing, count, rows, examples } of of.rejected) {
    const message = saysNothing
      ? `${sayCount(count, `cell of ${column} holds`, `cells of ${column} hold`)} a word for "nothing".`
      : `${sayCount(count, 'cell', 'cells')} of ${column} could not be converted to its type.`;
    const kind = saysNothing ? 'null-words' : 'rejected-cells';
    found.push({ level: 'warning', kind, column, count, message, rows, examples });
  }
  for (const { determinant, dependent, violations, rows } of of.brokenDependencies) {
    const message = `${determinant.join(', ')} decides ${dependent} but for ${sayCount(violations, 'row', 'rows')}.`;
    found.push({
      level: 'warning',
      kind: 'broken-dependency',
      column: dependent,
      count: violations,
      message,
      rows,
      examples: determinant,
    });
  }
  return found;
}

function notices(of: FileEvidence): Finding[] {
  const found: Finding[] = of.candidateKeys
    .filter((key) => key.length > 1)
    .map((key) => ({
      level: 'notice',
      kind: 'candidate-key',
      count: of.rows,
      message: `${key.join(' and ')} together tell every row apart.`,
    }));
  for (const { left, right, measure, value, rows } of of.associations) {
    if (Math.abs(value) < STRONG) continue;
    const message = `${left} and ${right} go together (${measure} ${value.toFixed(2)}).`;
    found.push({
      level: 'notice',
      kind: 'high-correlation',
      column: left,
      count: rows,
      message,
      examples: [right],
    });
  }
  for (const { determinant, dependent } of of.dependencies) {
    const message = `${determinant.join(', ')} decides ${dependent}.`;
    found.push({
      level: 'notice',
      kind: 'dependency',
      column: dependent,
      count: of.rows,
      message,
      examples: determinant,
    });
  }
  return found;
}
