import { isIbanValid, isLuhnValid } from './checksums.js';
import { NULL_WORDS } from './null-words.js';
import { dateFormatOf } from './read-date.js';

export type TextKind =
  | 'nothing'
  | 'number'
  | 'quantity'
  | 'date'
  | 'time'
  | 'boolean'
  | 'email'
  | 'url'
  | 'ip-address'
  | 'uuid'
  | 'iban'
  | 'payment-card'
  | 'phone'
  | 'text';

export interface TextClass {
  kind: TextKind;
  /** Of dates and numbers: how it is written. */
  format?: string;
  /** An IBAN or a card number in form, whose check digits are wrong. */
  wrong?: boolean;
}

const EMAIL =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
const URL_TEXT = /^(?:https?|ftp):\/\/[^\s/?#]{2,}(?:[/?#][^\s]*)?$|^www\.[^\s]+\.[a-z]{2,}/i;
const UUID = /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i;
const IP4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
/** Eight groups, or fewer with `::` once; 12:34:56 is a time, and a row of six bytes a hardware address. */
const IP6 = /^(?!.*::.*::)(?=.*::|(?:[^:]+:){7})(?=.*[0-9a-f])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}$/i;
const TIME = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?$/;
const CURRENCY = '[$€£¥₹₽¢₩]|USD|EUR|GBP|JPY|CHF|CAD|AUD|INR|CNY|SEK|NOK|DKK|PLN';
const NUMBER_BODY = "\\d+(?:[.,'\\u00a0 ]\\d+)*";
const QUANTITY = new RegExp(
  `^[-+]?(?:${CURRENCY})\\s?[-+]?${NUMBER_BODY}$|^[-+]?${NUMBER_BODY}\\s?(?:${CURRENCY}|[\\p{L}°µ%][\\p{L}°µ%/²³0-9]{0,9})$`,
  'u',
);
const BOOLEANS = new Set([
  'true',
  'false',
  'yes',
  'no',
  'y',
  'n',
  't',
  'f',
  'ja',
  'nein',
  'oui',
  'non',
  'on',
  'off',
]);
const NOTHING = new Set<string>(NULL_WORDS);

/** What a cell's text looks like, by itself. Codes with leading zeros are text: they are no numbers. */
export function classifyText(raw: string): TextClass {
  const text = raw.trim();
  if (text === '' || NOTHING.has(text.toLowerCase())) return { kind: 'nothing' };
  const number = numberFormatOf(text);
  const digits = text.replace(/[ -]/g, '');
  if (/^[3-6]\d{12,18}$/.test(digits) && /^[\d -]+$/.test(text) && isCardLength(digits)) {
    if (isLuhnValid(digits)) return { kind: 'payment-card' };
    if (/^(?:\d{4}[ -]){3}\d{4}$/.test(text)) return { kind: 'payment-card', wrong: true };
  }
  if (number) return { kind: 'number', format: number };
  if (UUID.test(text)) return { kind: 'uuid' };
  if (IP4.test(text) || IP6.test(text)) return { kind: 'ip-address' };
  const date = dateFormatOf(text);
  if (date) return { kind: 'date', format: date };
  if (TIME.test(text)) return { kind: 'time' };
  if (EMAIL.test(text)) return { kind: 'email' };
  if (URL_TEXT.test(text)) return { kind: 'url' };
  if (/^[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?$/.test(text)) {
    if (isIbanValid(text)) return { kind: 'iban' };
    if (IBAN_LENGTHS[text.slice(0, 2)] === text.replaceAll(' ', '').length)
      return { kind: 'iban', wrong: true };
  }
  if (isPhone(text)) return { kind: 'phone' };
  if (BOOLEANS.has(text.toLowerCase())) return { kind: 'boolean' };
  if (QUANTITY.test(text)) return { kind: 'quantity' };
  return { kind: 'text' };
}

/**
 * How a number is written, or null: integer, point (1.5), comma (1,5), thousands,point (1,234.5), thousands.comma (1.234,5), either (1,234).
 * Accountants write (1,234.50) for a minus; a bare (12) may as well be a mark or an area code.
 */
export function numberFormatOf(text: string): string | null {
  const inBrackets = /^\((\d.*[.,].*)\)$/.exec(text)?.[1];
  if (inBrackets !== undefined) return numberFormatOf(inBrackets);
  if (/^[-+]?(?:0|[1-9]\d*)$/.test(text)) return 'integer';
  if (/^[-+]?(?:0|[1-9]\d*)?\.\d+$/.test(text) || /^[-+]?(?:0|[1-9]\d*)\.$/.test(text)) return 'point';
  if (/^[-+]?\d+(?:\.\d+)?[eE][-+]?\d{1,3}$/.test(text)) return 'point';
  if (/^[-+]?[1-9]\d{0,2},\d{3}$/.test(text)) return 'either';
  if (/^[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/.test(text)) return 'thousands,point';
  if (/^[-+]?[1-9]\d{0,2}(?:\.\d{3})+,\d+$/.test(text) || /^[-+]?[1-9]\d{0,2}(?:\.\d{3}){2,}$/.test(text)) {
    return 'thousands.comma';
  }
  if (/^[-+]?[1-9]\d{0,2}(?:['’\u00a0 ]\d{3})+(?:[.,]\d+)?$/.test(text)) return 'thousands space';
  return /^[-+]?(?:0|[1-9]\d*),\d+$/.test(text) ? 'comma' : null;
}

const isCardLength = (digits: string): boolean =>
  digits.startsWith('34') || digits.startsWith('37')
    ? digits.length === 15
    : digits.startsWith('4')
      ? digits.length === 13 || digits.length === 16 || digits.length === 19
      : digits.length >= 14 && digits.length <= 19;

/** Seven to fifteen digits in groups, or after a plus, or with the brackets of an area code; a bare row of digits is a number. */
function isPhone(text: string): boolean {
  if (!/^(?:tel\.?:? ?)?\+?[\d\s()./x-]{7,24}(?:,? ?ext?(?:ension|\.)? ?\d{1,5})?$/i.test(text)) return false;
  const digits = text.replace(/\D/g, '').length;
  if (digits < 7 || digits > 15) return false;
  return (
    /^\+\d/.test(text) ||
    /^\(\d{2,5}\)/.test(text) ||
    /^0\d{1,5}[ /-]\d/.test(text) ||
    /^\d?[-. ]?\d{3}[-. ]{1,2}\d{3}[-. ]{1,2}\d{4}/.test(text) ||
    /^\d{3}-\d{4}$/.test(text)
  );
}

const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AT: 20,
  BE: 16,
  BG: 22,
  CH: 21,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  EE: 20,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  GR: 27,
  HR: 21,
  HU: 28,
  IE: 22,
  IS: 26,
  IT: 27,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  MC: 27,
  MT: 31,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  RO: 24,
  SA: 24,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  TR: 26,
  AE: 23,
  IL: 23,
  BR: 29,
};
