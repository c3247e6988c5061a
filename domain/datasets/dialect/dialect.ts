/** How a delimited text file is written. Everything is decided from the file, with reasons, and can be overridden. */

/** A name or label of the WHATWG's Encoding Standard in small letters: what TextDecoder knows. */
export type Encoding = string;

/** What a file that is no UTF-8 may be encoded in. */
export interface EncodingGuess {
  encoding: Encoding;
  /** 0 to 1, to compare guesses by. */
  confidence: number;
  /** ISO 639 code of the language that it then is in, where that was found. */
  language: string | null;
}

/** How a quote inside a quoted cell is written; `none`: as it is, so that only a quote before a delimiter or a line end closes. */
export type EscapeStyle = 'doubled' | 'backslash' | 'none';

/** What is needed to cut text into records and cells. */
export interface RecordFormat {
  /** One character or several: `,` `;` `\t` `, `. Empty for a file of one column. */
  delimiter: string;
  /** One character, or empty where nothing is quoted. */
  quote: string;
  escape: EscapeStyle;
  /** A lone carriage return ends a record; otherwise it is part of a cell. */
  carriageReturnEnds: boolean;
  /** Cells of a usual record; a record with another number is mended where another reading gives this one. */
  width: number;
}

/** Records by number, from 0, blank ones included. */
export interface TableRange {
  /** First header record, or the first data record where there is no header. */
  start: number;
  headerRows: number;
  /** After the last record; absent where it goes on to the end of what was looked at. */
  end?: number;
  width: number;
}

/** One decision, for a person to read. */
export interface Evidence {
  about: 'encoding' | 'delimiter' | 'quote' | 'escape' | 'header' | 'preamble' | 'footer' | 'tables';
  text: string;
  /** 0 to 1. */
  confidence: number;
}

export interface Dialect {
  encoding: Encoding;
  hasBom: boolean;
  format: RecordFormat;
  /** Tables in the order of the file; the dataset is made from `table`. */
  tables: TableRange[];
  /** Index of the largest table. */
  table: number;
  /** Records after the last table's end that are notes; 0 where there are none. */
  footerRows: number;
  /** The smallest confidence of the evidence. */
  confidence: number;
  evidence: Evidence[];
}
