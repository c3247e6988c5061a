import { isIbanValid, isLuhnValid } from './checksums.js';

/**
 * Personal data inside longer text, for RE2: email addresses, social security numbers, IBANs, card numbers, phone numbers. What it finds still
 * has to pass `embeddedKind`.
 */
export const EMBEDDED_PERSONAL =
  '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}|\\b[0-9]{3}-[0-9]{2}-[0-9]{4}\\b|\\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\\b|\\b(?:[0-9]{4}[ -]){3}[0-9]{4}\\b|\\b[3-6][0-9]{12,18}\\b|(?:\\+[0-9]{1,3}[ .-]?)?\\(?\\b[0-9]{3}\\)?[ .-][0-9]{3}[ .-][0-9]{4}\\b';

export type EmbeddedKind = 'email' | 'social security number' | 'iban' | 'payment-card' | 'phone';

/** What a match is, or null for digits whose check digits are wrong. */
export function embeddedKind(match: string): EmbeddedKind | null {
  if (match.includes('@')) return 'email';
  if (/^\d{3}-\d{2}-\d{4}$/.test(match)) return 'social security number';
  if (/^[A-Z]{2}/.test(match)) return isIbanValid(match) ? 'iban' : null;
  const digits = match.replace(/\D/g, '');
  if (digits.length >= 13) return isLuhnValid(digits) ? 'payment-card' : null;
  return 'phone';
}
