import type { PatternCount, SemanticFigures, SemanticType } from '../../contracts/dataset-profile.js';
import { classifyText, type TextClass, type TextKind } from './classify-text.js';

/** What a column's text is made of, by its patterns. Shares are of the cells that hold something. */
export interface TextMix {
  /** Cells looked at, words for nothing left out. */
  cells: number;
  kinds: Map<TextKind, KindShare>;
}

export interface KindShare {
  count: number;
  /** Cells by format; see TextClass. */
  formats: Map<string, number>;
  /** In form, but with wrong check digits. */
  wrong: number;
  firstRow: number;
  examples: string[];
  wrongExamples: string[];
}

/** Classifies the examples of each pattern and lets them speak for the pattern's cells. */
export function mixOf(patterns: readonly PatternCount[]): TextMix {
  const mix: TextMix = { cells: 0, kinds: new Map() };
  for (const { count, examples, firstRow } of patterns) {
    const classes = examples.map((text) => ({ text, of: classifyText(text) }));
    for (const { text, of } of classes) {
      if (of.kind === 'nothing') continue;
      addTo(mix, of, count / classes.length, text, firstRow);
    }
  }
  return mix;
}

function addTo(mix: TextMix, of: TextClass, count: number, text: string, firstRow: number): void {
  const share = mix.kinds.get(of.kind) ?? {
    count: 0,
    formats: new Map<string, number>(),
    wrong: 0,
    firstRow: Number.POSITIVE_INFINITY,
    examples: [],
    wrongExamples: [],
  };
  mix.kinds.set(of.kind, share);
  mix.cells += count;
  share.count += count;
  if (of.format) share.formats.set(of.format, (share.formats.get(of.format) ?? 0) + count);
  if (of.wrong) {
    share.wrong += count;
    if (share.wrongExamples.length < 5) share.wrongExamples.push(text);
  }
  share.firstRow = Math.min(share.firstRow, firstRow);
  if (share.examples.length < 5) share.examples.push(text);
}

/** The kind that most cells are of, and its share. */
export function mainKind(mix: TextMix): { kind: TextKind; share: number } | null {
  let best: { kind: TextKind; share: number } | null = null;
  for (const [kind, { count }] of mix.kinds) {
    const share = count / mix.cells;
    if (!best || share > best.share) best = { kind, share };
  }
  return best;
}

const PERSONAL = new Set<SemanticType>([
  'email',
  'phone',
  'iban',
  'payment-card',
  'person-name',
  'ip-address',
]);
/** Values of this type are personal whatever their column's name. */
export const isPersonalType = (type: SemanticType): boolean => PERSONAL.has(type);

const PERSON_NAME =
  /^(?:(?:first|last|middle|full|given|family|sur|fore|maiden|birth|user|customer|client|patient|employee|contact|person|member|passenger|student|author|holder)[_ -]?names?|surname|vorname|nachname|nom|prenom|apellidos?|(?:contact|contact_person|patient|employee))$/i;
const PERSON_ROLE =
  /^(?:.*[_ -])?(?:referee|scorer|player|author|artist|director|actor|driver|teacher|doctor|physician|nurse|manager|owner|coach|writer|judge|candidate|senator|minister|mayor|captain|winner|reviewer|composer|photographer|librarian)s?$/i;
/** The column holds names of persons, by its name. */
export const isNameOfPersons = (column: string): boolean =>
  PERSON_NAME.test(column) || PERSON_ROLE.test(column);
const PERSONAL_NAME =
  /^(?:.*[_ -])?(?:ssn|social[_ -]?security(?:[_ -]?(?:no|number))?|passport(?:[_ -]?(?:no|number))?|birth[_ -]?(?:date|day)|date[_ -]?of[_ -]?birth|dob|geburts(?:datum|tag)|tax[_ -]?id|driving[_ -]?licen[cs]e|home[_ -]?address|street[_ -]?address)$/i;
const PHONE_NAME = /(?:phone|mobile|telefon|fax|^tel$|_tel$|handy)/i;

const byKind: Partial<Record<TextKind, SemanticType>> = {
  email: 'email',
  phone: 'phone',
  iban: 'iban',
  'payment-card': 'payment-card',
  url: 'url',
  'ip-address': 'ip-address',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  number: 'number',
  quantity: 'quantity',
  boolean: 'boolean',
};

/** Share of cells from which a column is taken to be of a kind. */
const ENOUGH = 0.75;

export function semanticTypeOf(input: {
  name: string;
  mix: TextMix;
  /** Frequent values with their counts. */
  top: readonly { text: string; count: number }[];
  patterns: readonly PatternCount[];
  distinct: number;
  cells: number;
}): SemanticFigures | undefined {
  const { name, mix, distinct, cells } = input;
  if (cells === 0 || mix.cells === 0) return undefined;
  const main = mainKind(mix);
  const type = main && main.share >= ENOUGH ? byKind[main.kind] : undefined;
  if (main && type) {
    if (isOnlyInForm(type, name, mix)) return figures('code', main.share, PERSONAL_NAME.test(name));
    if (type === 'number' && PHONE_NAME.test(name)) return figures('phone', main.share);
    return figures(type, main.share, PERSONAL_NAME.test(name));
  }
  if (PERSON_NAME.test(name) && (mix.kinds.get('text')?.count ?? 0) > ENOUGH * mix.cells) {
    return figures('person-name', 1);
  }
  const listed = listShare(input.top, name);
  if (listed) return listed;
  const personal = PERSONAL_NAME.test(name);
  if (distinct <= 50 || (distinct <= 1000 && distinct <= cells * 0.05))
    return figures('category', 1, personal);
  const coded = input.patterns.filter(({ pattern }) => /9/.test(pattern) && !/ .* /.test(pattern));
  const codedCells = coded.reduce((sum, { count }) => sum + count, 0);
  if (coded.length <= 12 && codedCells >= 0.9 * mix.cells)
    return figures('code', codedCells / mix.cells, personal);
  return figures('free-text', 1, personal);
}

/** Versions of four parts are no addresses, and 555-1234 may be a part as well as a telephone. */
function isOnlyInForm(type: SemanticType, name: string, mix: TextMix): boolean {
  if (type === 'ip-address') return /version|firmware|build|release|kernel|driver/i.test(name);
  const examples = mix.kinds.get('phone')?.examples ?? [];
  return (
    type === 'phone' && !PHONE_NAME.test(name) && examples.every((text) => /^\d{3}-\d{4}$/.test(text.trim()))
  );
}

/**
 * What numbers and dates are, where it is personal: telephone and card numbers, birthdays, and what the column's name says. `top`: frequent
 * values as text.
 */
export function personalTypeOf(input: {
  name: string;
  kind: 'number' | 'temporal';
  type: string;
  top: readonly { text: string }[];
}): SemanticFigures | undefined {
  const { name, kind, top } = input;
  if (kind === 'temporal') return PERSONAL_NAME.test(name) ? figures('date', 1, true) : undefined;
  if (!/INT/.test(input.type)) return undefined;
  const isCard = top.length >= 10 && top.every(({ text }) => classifyText(text).kind === 'payment-card');
  if (isCard) return figures('payment-card', 1);
  const isLong = top.length > 0 && top.every(({ text }) => /^\d{7,15}$/.test(text));
  if (PHONE_NAME.test(name) && isLong) return figures('phone', 1);
  return PERSONAL_NAME.test(name) ? figures('number', 1, true) : undefined;
}

const figures = (type: SemanticType, share: number, personal = false): SemanticFigures => ({
  type,
  share: Math.min(1, Math.round(share * 10_000) / 10_000),
  personal: personal || PERSONAL.has(type),
});

/** Countries and currencies by name or code; two capitals alone could be much else, so these need the column's name as well. */
function listShare(
  top: readonly { text: string; count: number }[],
  name: string,
): SemanticFigures | undefined {
  const cells = top.reduce((sum, { count }) => sum + count, 0);
  const share = (isListed: (text: string) => boolean): number =>
    top.reduce((sum, { text, count }) => sum + (isListed(text.trim()) ? count : 0), 0) / cells;
  const countries = countryWords();
  const named = /country|nation|^land$|staat|pays|pais/i.test(name);
  const country = share(
    (text) => countries.names.has(text.toLowerCase()) || (named && countries.codes.has(text)),
  );
  if (country >= 0.9 && (named || top.length >= 3)) return figures('country', country);
  const currency = share((text) => currencies().has(text));
  return currency >= 0.95 && (top.length >= 2 || /curr|währung|devise/i.test(name))
    ? figures('currency', currency)
    : undefined;
}

let countryCache: { names: Set<string>; codes: Set<string> } | undefined;

/** English names and ISO 3166 codes of two letters, from the language data of the runtime. */
function countryWords(): { names: Set<string>; codes: Set<string> } {
  if (countryCache) return countryCache;
  const display = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const names = new Set([
    'usa',
    'us',
    'uk',
    'great britain',
    'england',
    'scotland',
    'wales',
    'czech republic',
    'turkey',
    'south korea',
    'north korea',
    'ivory coast',
  ]);
  const codes = new Set(['UK']);
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  for (const code of letters.flatMap((a) => letters.map((b) => a + b))) {
    const name = display.of(code);
    if (!name || name === code || code.startsWith('X') || code === 'ZZ') continue;
    codes.add(code);
    names.add(name.toLowerCase());
  }
  countryCache = { names, codes };
  return countryCache;
}

let currencyCache: Set<string> | undefined;
const currencies = (): Set<string> => {
  currencyCache ??= new Set(Intl.supportedValuesOf('currency'));
  return currencyCache;
};
