import type { NumberWriting } from '../../../contracts/cleaning.js';
import { quoteLiteral } from '../../datasets/sql-text.js';
import { SPACE } from '../white-space.js';

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

export interface NumberShape extends NumberWriting {
  affixes: readonly string[];
  /** Digits after the point at most, zeros at the end left away; undefined for any. */
  scale?: number;
  /** 1.5e-3 is taken; only without affixes. */
  exponents: boolean;
}

/**
 * The digits of a number in a text as DuckDB casts them (`-1234.5`), or NULL where the text is written in another way. Leading zeros are
 * of codes, not of numbers. A minus may stand before or after a currency, or be brackets: (12.50).
 */
export function digitsSql(id: string, shape: NumberShape): string {
  const affixes = shape.affixes.map((affix) => affix.trim()).filter((affix) => affix !== '');
  const group = escapeRegex(shape.thousands);
  const point = escapeRegex(shape.decimal);
  // Blanks between thousands are also no-break and narrow ones.
  const between = shape.thousands === ' ' ? '[ \\x{A0}\\x{202F}]' : group;
  const whole =
    shape.thousands === '' ? '(?:0|[1-9][0-9]*)' : `(?:0|[1-9][0-9]{0,2}(?:${between}[0-9]{3})+|[1-9][0-9]*)`;
  const digits =
    shape.scale === undefined ? '[0-9]+' : shape.scale === 0 ? '0+' : `[0-9]{1,${shape.scale}}0*`;
  const exponent = shape.exponents && affixes.length === 0 ? '(?:[eE][-+]?[0-9]{1,3})?' : '';
  const body = `(?:${whole}(?:${point}${digits})?|${point}${digits})${exponent}`;
  const affix = affixes.map(escapeRegex).join('|');
  const before = affix === '' ? '' : `(?:(?:${affix})[\\s\\x{A0}]?)?`;
  const after = affix === '' ? '' : `(?:[\\s\\x{A0}]?(?:${affix}))?`;
  const sign = '[-+\\x{2212}]?';
  const pattern = `^${SPACE}*(?:${sign}${before}${sign}${body}${after}|\\(${before}${body}${after}\\))${SPACE}*$`;
  // Written so already, as most are: one pattern instead of three.
  const plainPattern = `^-?(?:0|[1-9][0-9]*)${shape.decimal === '.' ? `(?:[.]${digits})?` : ''}$`;

  let rest = id;
  // An affix may hold digits or an e itself (m2).
  for (const each of affixes) rest = `replace(${rest}, ${quoteLiteral(each)}, '')`;
  const kept = `regexp_replace(${rest}, ${quoteLiteral(`[^0-9${shape.decimal}${exponent === '' ? '' : 'eE+-'}]`)}, '', 'g')`;
  const pointed = shape.decimal === ',' ? `replace(${kept}, ',', '.')` : kept;
  // An exponent has a sign of its own.
  const plain = exponent === '' ? pointed : `regexp_replace(${pointed}, '^[-+]+', '')`;
  const isNegative = `regexp_matches(${id}, ${quoteLiteral('^[^0-9]*[-\\x{2212}(]')})`;
  const signed = `CASE WHEN ${isNegative} THEN '-' ELSE '' END || ${plain}`;
  return `CASE WHEN regexp_matches(${id}, ${quoteLiteral(plainPattern)}) THEN ${id} WHEN regexp_matches(${id}, ${quoteLiteral(pattern)}) THEN ${signed} END`;
}

/** Digits that a double holds exactly enough to give them back. */
export const fitsDouble = (digits: string): string =>
  `length(ltrim(regexp_replace(regexp_replace(${digits}, '[eE].*$', ''), '[^0-9]', '', 'g'), '0')) <= 17`;
