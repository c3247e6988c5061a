/** How the cells of one column are read as values. `render` of a value gives the cell back, or the cell is listed as respelled. */
export type ColumnReading =
  | { kind: 'text'; note?: string }
  | { kind: 'boolean'; yes: string; no: string }
  | NumberReading
  | { kind: 'double' }
  | { kind: 'date' | 'timestamp'; format: string };

export interface NumberReading {
  kind: 'number';
  /** Digits after the point; 0 for whole numbers. */
  scale: number;
  /** The scale is always written out (`1.50`), or zeros at the end are left away (`1.5`). */
  style: 'fixed' | 'shortest';
  point: '.' | ',';
  /** Between thousands; empty for none. */
  group: '' | ',' | '.' | ' ' | "'" | '\u2019' | '\u00a0' | '\u202f';
  /** A currency before or after the digits, as it is written: `$`, `EUR `, ` €`, ` %`. */
  prefix: string;
  suffix: string;
  /** All digits of the largest number: 18 fit BIGINT and DECIMAL(18), 38 DECIMAL(38). */
  digits: number;
}

/** What is no part of a value at its ends: what `String.trim` takes away. */
export const BLANKS =
  ' \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';

/** A typed column may have cells that mean "no value" in one word, or blanks only. */
export const NULL_WORDS: readonly string[] = [
  '',
  'NA',
  'N/A',
  'n/a',
  'na',
  'NULL',
  'null',
  'Null',
  'None',
  'none',
  'NaN',
  'nan',
  '-',
  '--',
  '?',
  '.',
  '..',
  '...',
  ':',
  '*',
  '**',
  '***',
  '****',
  '*****',
  '******',
  '#N/A',
  '#DIV/0!',
  '#NAME?',
  '#NULL!',
  '#NUM!',
  '#REF!',
  '#VALUE!',
  '\\N',
];

/** DuckDB's type for the values. */
export function typeOf(reading: ColumnReading): string {
  switch (reading.kind) {
    case 'text':
      return 'VARCHAR';
    case 'boolean':
      return 'BOOLEAN';
    case 'double':
      return 'DOUBLE';
    case 'date':
      return 'DATE';
    case 'timestamp':
      return 'TIMESTAMP';
    case 'number':
      if (reading.scale === 0 && reading.digits <= 19) return 'BIGINT';
      return `DECIMAL(${reading.digits <= 18 ? 18 : 38},${reading.scale})`;
  }
}
