// Over 400 lines: one rule for each warning about texts, side by side.
import type { Finding } from '../../../contracts/dataset-profile.js';
import { sayCount } from '../../say-count.js';
import type { TextKind } from '../classify-text.js';
import type { KindShare, TextMix } from '../semantic-type.js';
import { type ColumnRule, cellsOf, notice, percent, warning } from './column-evidence.js';
import { isLate } from './number-rules.js';

/** White space at the ends, bad decoding, control characters. */
export const characterRules: ColumnRule = ({ profile }) => {
  const { text, name } = profile;
  if (!text) return [];
  const found: Finding[] = [];
  if (text.padded > 0) {
    found.push(
      warning(
        profile,
        'padded-values',
        text.padded,
        `${sayCount(text.padded, `cell of ${name} begins or ends`, `cells of ${name} begin or end`)} with white space.`,
      ),
    );
  }
  if (text.mojibake > 0) {
    found.push(
      warning(
        profile,
        'mojibake',
        text.mojibake,
        `${sayCount(text.mojibake, `cell of ${name} was`, `cells of ${name} were`)} decoded with the wrong encoding.`,
      ),
    );
  }
  if (text.control > 0) {
    found.push(
      warning(
        profile,
        'control-characters',
        text.control,
        `${sayCount(text.control, `cell of ${name} holds`, `cells of ${name} hold`)} control characters.`,
      ),
    );
  }
  return found;
};

/** From this share on, the rest of a text column is an exception. */
const MOST = 0.8;
const CHECKED = new Set<TextKind>(['email', 'url', 'ip-address', 'uuid', 'iban', 'payment-card', 'phone']);
const TYPED = new Set<TextKind>(['number', 'date', 'time']);

/** Columns that are of one kind but for some cells: mixed types, late changes, invalid addresses and numbers. */
export const kindRules: ColumnRule = ({ profile, mix, main }) => {
  if (!mix || !main || mix.cells < 20) return [];
  const others = [...mix.kinds].filter(([kind]) => kind !== main.kind);
  const rest = others.reduce((sum, [, { count }]) => sum + count, 0);
  const examples = others.flatMap(([, share]) => share.examples).slice(0, 5);
  const first = Math.min(...others.map(([, { firstRow }]) => firstRow));
  const found: Finding[] = [];
  if (TYPED.has(main.kind) && main.share >= MOST && rest > 0) {
    // Quantities among numbers are a matter of units, which another rule tells.
    const isUnits = others.every(([kind]) => kind === 'quantity');
    if (!isUnits && !areCodesAmongNumbers(main.kind, mix)) {
      const message = `${profile.name} is ${main.kind} in ${percent(main.share, 1)} of its cells, but not in ${Math.round(rest)}, the first in row ${first}.`;
      found.push(warning(profile, 'mixed-types', rest, message, { rows: [first], examples }));
      if (isLate({ first, count: rest, cells: mix.cells, rows: profile.rows })) {
        found.push(warning(profile, 'late-type-change', rest, message, { rows: [first], examples }));
      }
    }
  }
  if (CHECKED.has(main.kind) && main.share >= MOST) {
    const wrong = mix.kinds.get(main.kind)!;
    const count = rest + wrong.wrong;
    if (count > 0) {
      found.push(
        warning(
          profile,
          'invalid-values',
          count,
          `${sayCount(Math.max(1, Math.round(count)), `cell of ${profile.name} is`, `cells of ${profile.name} are`)} no valid ${main.kind}.`,
          {
            examples: [...wrong.wrongExamples, ...examples].slice(0, 5),
            ...(Number.isFinite(first) ? { rows: [first] } : {}),
          },
        ),
      );
    }
  }
  return found;
};

/** Share of cells from which codes that are no numbers are usual. */
const USUAL_CODES = 0.01;
/** 12a, N15, 7-9, X, MT, 0954. */
const CODE = /^(?:[A-Z]{1,2}|[A-Z]{1,3}[ -]?\d+|\d+[ -]?[A-Za-z]{1,2}|\d+ ?[-/+] ?\d+[A-Za-z]?|0\d+)$/;

/** House numbers, lines, chromosomes, extensions: whole numbers among which some have a letter or a zero before them. */
function areCodesAmongNumbers(main: TextKind, mix: TextMix): boolean {
  const numbers = mix.kinds.get('number');
  if (main !== 'number' || !numbers || [...numbers.formats.keys()].some((format) => format !== 'integer'))
    return false;
  const others = [...mix.kinds].filter(([kind]) => kind !== main).map(([, share]) => share);
  const texts = others.flatMap(({ examples }) => examples.map((text) => text.trim()));
  const isUsual = others.reduce((sum, { count }) => sum + count, 0) >= mix.cells * USUAL_CODES;
  // Zeros that make all of them equally long are there on purpose, however few.
  const lengths = new Set([...texts, ...numbers.examples].map((text) => text.trim().length));
  const arePadded = texts.every((text) => /^0\d+$/.test(text)) && lengths.size === 1;
  return arePadded || (isUsual && texts.every((text) => CODE.test(text)));
}

/** One column, several ways to write a date or a number. */
export const formatRules: ColumnRule = ({ profile, mix, main }) => {
  if (!mix || !main || mix.cells < 10 || main.share < MOST) return [];
  const share = mix.kinds.get(main.kind)!;
  if (main.kind === 'date') return dateFormats(profile, share);
  if (main.kind !== 'number') return [];
  const point = (share.formats.get('point') ?? 0) + (share.formats.get('thousands,point') ?? 0);
  const comma =
    (share.formats.get('comma') ?? 0) +
    (share.formats.get('thousands.comma') ?? 0) +
    commasAmongThrees(share);
  const found = [
    notice(profile, 'numbers-as-text', share.count, `${profile.name} holds numbers, kept as text.`, {
      examples: share.examples,
    }),
  ];
  if (point > 0 && comma > 0) {
    found.push(
      warning(
        profile,
        'mixed-number-formats',
        Math.min(point, comma),
        `${profile.name} writes decimals with a point and with a comma.`,
        {
          examples: share.examples,
        },
      ),
    );
  }
  return found;
};

/** 1,234 among 5.678 and 9.012: where every point is followed by three digits, the comma is none of thousands. */
function commasAmongThrees({ formats, examples }: KindShare): number {
  const points = examples.filter((text) => text.includes('.'));
  const isThree = points.length > 0 && points.every((text) => /\.\d{3}$/.test(text.trim()));
  return isThree && !formats.has('thousands,point') ? (formats.get('either') ?? 0) : 0;
}

function dateFormats(profile: Parameters<ColumnRule>[0]['profile'], share: KindShare): Finding[] {
  const formats = [...share.formats.keys()];
  const open = formats.filter((format) => format.startsWith('?'));
  // 03/04 goes with 25/04 or with 04/25 if only one of them is there.
  const settled = formats.filter(
    (format) =>
      !format.startsWith('?') || !formats.some((other) => other !== format && sameShape(other, format)),
  );
  if (settled.length > 1) {
    const most = Math.max(...share.formats.values());
    return [
      warning(
        profile,
        'mixed-date-formats',
        share.count - most,
        `${profile.name} writes dates in ${settled.length} ways: ${settled.join(', ')}.`,
        {
          examples: share.examples,
        },
      ),
    ];
  }
  return open.length > 0 && settled[0]?.startsWith('?')
    ? [
        notice(
          profile,
          'ambiguous-dates',
          share.count,
          `Day and month of ${profile.name} cannot be told apart.`,
        ),
      ]
    : [notice(profile, 'dates-as-text', share.count, `${profile.name} holds dates, kept as text.`)];
}

const sameShape = (one: string, other: string): boolean =>
  one.replace(/[dm]/g, '?') === other && /^[dm]/.test(one);

/** Other spellings of one unit. */
const UNITS: Readonly<Record<string, string>> = {
  kgs: 'kg',
  kilogram: 'kg',
  kilograms: 'kg',
  kilo: 'kg',
  kilos: 'kg',
  gram: 'g',
  grams: 'g',
  gr: 'g',
  lbs: 'lb',
  pound: 'lb',
  pounds: 'lb',
  meter: 'm',
  meters: 'm',
  metre: 'm',
  metres: 'm',
  kilometer: 'km',
  kilometers: 'km',
  kms: 'km',
  mile: 'mi',
  miles: 'mi',
  inch: 'in',
  inches: 'in',
  '"': 'in',
  foot: 'ft',
  feet: 'ft',
  "'": 'ft',
  liter: 'l',
  liters: 'l',
  litre: 'l',
  litres: 'l',
  hour: 'h',
  hours: 'h',
  hr: 'h',
  hrs: 'h',
  minute: 'min',
  minutes: 'min',
  mins: 'min',
  second: 's',
  seconds: 's',
  sec: 's',
  secs: 's',
  day: 'd',
  days: 'd',
  '€': 'eur',
  euro: 'eur',
  euros: 'eur',
  $: 'usd',
  us$: 'usd',
  dollar: 'usd',
  dollars: 'usd',
  '£': 'gbp',
  '¥': 'jpy',
  '°c': 'c',
  celsius: 'c',
  '°f': 'f',
  fahrenheit: 'f',
  percent: '%',
  pct: '%',
};
const KNOWN_UNITS = new Set([
  ...Object.values(UNITS),
  'mg',
  'µg',
  't',
  'oz',
  'mm',
  'cm',
  'dm',
  'yd',
  'ml',
  'cl',
  'dl',
  'gal',
  'ms',
  'w',
  'kw',
  'mw',
  'kwh',
  'wh',
  'v',
  'a',
  'hz',
  'khz',
  'mhz',
  'ghz',
  'b',
  'kb',
  'mb',
  'gb',
  'tb',
  'kib',
  'mib',
  'gib',
  'chf',
  'cad',
  'aud',
  'inr',
  'cny',
  'sek',
  'nok',
  'dkk',
  'pln',
  'k',
  'pa',
  'kpa',
  'hpa',
  'bar',
  'psi',
  'j',
  'kj',
  'cal',
  'kcal',
  'km/h',
  'mph',
  'm/s',
  'weeks',
  'week',
  'months',
  'month',
  'years',
  'year',
]);

/** Quantities of several units, or with and without one. */
export const unitRules: ColumnRule = ({ profile, units, mix }) => {
  if (!mix || units.length === 0) return [];
  const cells = mix.cells;
  const known = new Map<string, { count: number; firstRow: number; examples: string[] }>();
  for (const { unit, count, firstRow, examples } of units) {
    const name = UNITS[unit] ?? unit;
    if (name !== '' && !KNOWN_UNITS.has(name)) continue;
    const before = known.get(name);
    known.set(name, {
      count: count + (before?.count ?? 0),
      firstRow: Math.min(firstRow, before?.firstRow ?? firstRow),
      examples: before?.examples ?? examples,
    });
  }
  const counts = [...known.values()];
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  if (all < cells * MOST || known.size < 2 || areCodes(units)) return [];
  const most = Math.max(...counts.map(({ count }) => count));
  const names = [...known.keys()].map((name) => name || 'none');
  return [
    warning(profile, 'mixed-units', all - most, `${profile.name} mixes units: ${names.join(', ')}.`, {
      examples: counts.flatMap(({ examples }) => examples.slice(0, 1)).slice(0, 5),
      rows: counts.map(({ firstRow }) => firstRow).slice(0, 10),
    }),
  ];
};

/** 1A, 10B and 7C are wards, not amperes and bytes: one letter right behind whole numbers is no unit. */
const areCodes = (units: readonly { unit: string; examples: string[] }[]): boolean =>
  units.every(
    ({ unit, examples }) => unit === '' || examples.every((text) => /^\d+[A-Za-z]$/.test(text.trim())),
  );

const BOOLEAN_PAIRS = [
  ['true', 'false'],
  ['t', 'f'],
  ['yes', 'no'],
  ['y', 'n'],
  ['1', '0'],
  ['on', 'off'],
  ['ja', 'nein'],
  ['j', 'n'],
  ['oui', 'non'],
];

/** Yes and no in several words: yes, Y, true, 1. */
export const booleanRules: ColumnRule = ({ profile, patterns }) => {
  const cells = cellsOf(profile);
  if (profile.kind !== 'text' || profile.distinct > 12 || cells < 10 || patterns.length === 0) return [];
  const words = new Set(
    profile.top.map(({ text }) => text.trim().toLowerCase()).filter((word) => word !== ''),
  );
  const pairs = BOOLEAN_PAIRS.filter((pair) => pair.some((word) => words.has(word)));
  const spoken = new Set(pairs.flat());
  if (pairs.length < 2 || [...words].some((word) => !spoken.has(word))) return [];
  // One pair that says it all (y and n also belong to j and n).
  if (BOOLEAN_PAIRS.some((pair) => [...words].every((word) => pair.includes(word)))) return [];
  return [
    warning(
      profile,
      'mixed-booleans',
      cells - (profile.top[0]?.count ?? 0),
      `${profile.name} says yes and no in several ways.`,
      {
        examples: [...words].slice(0, 8),
      },
    ),
  ];
};

/** Values that are probably one: variants of writing, and slips. */
export const similarRules: ColumnRule = ({ profile }) => {
  const groups = (profile.similar ?? []).filter(({ values }) => values.length > 1);
  // Variants that differ only in white space at the ends are told as such.
  const real = groups.filter(({ values }) => new Set(values.map(({ text }) => text.trim())).size > 1);
  if (real.length === 0) return [];
  const count = real.reduce(
    (sum, { values }) => sum + values.slice(1).reduce((each, value) => each + value.count, 0),
    0,
  );
  return [
    warning(
      profile,
      'similar-values',
      count,
      `${sayCount(real.length, `value of ${profile.name} is`, `values of ${profile.name} are`)} written in more than one way.`,
      {
        examples: real.slice(0, 3).map(({ values }) => values.map(({ text }) => text).join(' = ')),
        rows: real.slice(0, 10).map(({ values }) => values[values.length - 1]!.firstRow),
      },
    ),
  ];
};
