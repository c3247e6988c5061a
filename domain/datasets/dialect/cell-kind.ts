/** What a cell looks like, for deciding on delimiters and headers; the types of columns are decided over the whole file. */
export type CellKind = 'empty' | 'number' | 'date' | 'time' | 'boolean' | 'address' | 'code' | 'text';

const NUMBER =
  /^[-+(]?(?:[$€£¥]\s?)?[-+]?(?:\d+|\d{1,3}(?:[,.' \u00a0]\d{3})+)(?:[.,]\d+)?(?:e[-+]?\d+)?\s?(?:%|[$€£¥])?\)?$/i;
const DATE =
  /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{1,2}[- ][a-z]{3,9}\.?[- ,]\s?\d{2,4}|[a-z]{3,9} \d{1,2}, \d{4})(?:[T ,]\s?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:[ap]m)?\s?(?:Z|[-+]\d{2}:?\d{2})?)?$/i;
const TIME = /^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:[ap]m)?$/i;
const BOOLEAN = /^(?:true|false|yes|no)$/i;
const ADDRESS = /^(?:[a-z][a-z0-9+.-]*:\/\/\S+|[^\s@]+@[^\s@]+\.[a-z]{2,}|www\.\S+)$/i;
/** Letters with digits and few marks, no spaces: MG-8769, B12, 3fa85f64-5717. */
const CODE = /^(?=.*\d)(?=.*[\p{L}_])[\p{L}\p{N}_./:#-]+$/u;

export function cellKind(cell: string): CellKind {
  const text = cell.trim();
  if (text === '' || /^(?:null|n\/?a|nan|none|-)$/i.test(text)) return 'empty';
  if (text.length > 200) return 'text';
  if (NUMBER.test(text)) return 'number';
  if (DATE.test(text)) return 'date';
  if (TIME.test(text)) return 'time';
  if (BOOLEAN.test(text)) return 'boolean';
  if (ADDRESS.test(text)) return 'address';
  if (text.length <= 40 && CODE.test(text)) return 'code';
  return 'text';
}
