import type { CleaningStep, NumberWriting } from '../../../contracts/cleaning.js';
import type { ColumnProfile, Finding } from '../../../contracts/dataset-profile.js';
import { classifyText } from '../../profile/classify-text.js';
import { mixOf, type TextMix } from '../../profile/semantic-type.js';
import { dateFormatsOf } from './date-formats-of.js';
import type { Proposal, Rule, RuleInput } from './rule.js';

/** Cells of a column that the profile shows, each once. */
const shownCells = ({ top, rare, text }: ColumnProfile): string[] => [
  ...new Set(
    [...top, ...rare]
      .map((value) => value.text.trim())
      .concat((text?.patterns ?? []).flatMap(({ examples }) => examples.map((example) => example.trim()))),
  ),
];

/** The text column of each finding of these kinds, with all of them. */
function textColumns({ found, column }: RuleInput, kinds: Finding['kind'][]): [ColumnProfile, Finding[]][] {
  const byName = new Map<string, Finding[]>();
  for (const finding of kinds.flatMap((kind) => found(kind))) {
    if (finding.column === undefined) continue;
    byName.set(finding.column, [...(byName.get(finding.column) ?? []), finding]);
  }
  return [...byName].flatMap(([name, findings]) => {
    const of = column(name);
    return of?.kind === 'text' && of.text ? [[of, findings] as [ColumnProfile, Finding[]]] : [];
  });
}

const isMostly = (mix: TextMix, kind: 'number' | 'date' | 'quantity', least = 0.8): boolean =>
  (mix.kinds.get(kind)?.count ?? 0) >= mix.cells * least;

export const dateRules: Rule = (input) =>
  textColumns(input, ['dates-as-text', 'mixed-date-formats', 'mixed-types', 'late-type-change']).flatMap(
    ([column, mends]): Proposal[] => {
      const mix = mixOf(column.text!.patterns);
      if (!isMostly(mix, 'date')) return [];
      const dates = shownCells(column).filter((text) => classifyText(text).kind === 'date');
      const reading = dateFormatsOf(dates);
      if (!reading) return [];
      const misfits = isMostly(mix, 'date', 0.95) ? 'null' : 'keep-text';
      return [
        {
          step: { kind: 'parse-dates', columns: [column.name], ...reading, misfits },
          reason: mends.map(({ message }) => message).join(' '),
          recommended: misfits === 'null',
          mends,
        },
      ];
    },
  );

/** How the numbers of a column are written; `isMixed` when not in one way. */
function writingOf(formats: ReadonlyMap<string, number>): NumberWriting & { isMixed: boolean } {
  const count = (...names: string[]): number =>
    names.reduce((sum, name) => sum + (formats.get(name) ?? 0), 0);
  const point = count('point', 'thousands,point');
  const comma = count('comma', 'thousands.comma');
  const decimal = comma > point ? ',' : '.';
  const groups: [NumberWriting['thousands'], number][] = [
    [',', decimal === '.' ? count('thousands,point', 'either') : 0],
    ['.', decimal === ',' ? count('thousands.comma') : 0],
    [' ', count('thousands space')],
  ];
  const [thousands, marked] = groups.reduce((one, other) => (other[1] > one[1] ? other : one));
  return { decimal, thousands: marked > 0 ? thousands : '', isMixed: point > 0 && comma > 0 };
}

/** Whole numbers, or as many digits after the mark as are written; a double where these are many. */
function targetOf(cells: readonly string[], decimal: string): Pick<ParseNumbers, 'to' | 'scale'> {
  const digits = cells.map((text) => /^\d*/.exec(text.split(decimal)[1] ?? '')?.[0].length ?? 0);
  const scale = Math.max(0, ...digits);
  if (cells.some((text) => /\d[eE]/.test(text)) || scale > 6) return { to: 'double' };
  return scale === 0 ? { to: 'integer' } : { to: 'decimal', scale };
}
type ParseNumbers = Extract<CleaningStep, { kind: 'parse-numbers' }>;

/** Digits that a whole number and a small decimal of a cleaned version have at most, and those that a double gives back. */
const MOST_DIGITS = 18;
const MOST_DIGITS_OF_DOUBLE = 15;

/** Has the number as many digits, with those after the mark filled up, as its new type has room for? */
function hasRoom(
  text: string,
  { to, scale = 0 }: Pick<ParseNumbers, 'to' | 'scale'>,
  decimal: string,
): boolean {
  const [whole = '', fraction = ''] = text.replace(/[eE].*$/, '').split(decimal);
  const digits = whole.replaceAll(/\D/g, '').replace(/^0+/, '').length;
  if (to === 'double') return digits + fraction.replaceAll(/\D/g, '').length <= MOST_DIGITS_OF_DOUBLE;
  return digits + scale <= MOST_DIGITS;
}

export const numberRules: Rule = (input) =>
  textColumns(input, ['numbers-as-text', 'mixed-number-formats', 'mixed-types', 'late-type-change']).flatMap(
    ([column, mends]): Proposal[] => {
      const mix = mixOf(column.text!.patterns);
      const share = mix.kinds.get('number');
      if (!share || !isMostly(mix, 'number')) return [];
      const { isMixed, ...writing } = writingOf(share.formats);
      const cells = shownCells(column).filter((text) => classifyText(text).kind === 'number');
      const target = targetOf(cells, writing.decimal);
      const roomy = cells.filter((text) => hasRoom(text, target, writing.decimal)).length;
      // Digits too long for a number are those of an identifier.
      if (roomy < cells.length / 2) return [];
      const isSure = !isMixed && isMostly(mix, 'number', 0.95) && roomy === cells.length;
      return [
        {
          step: {
            kind: 'parse-numbers',
            columns: [column.name],
            ...target,
            ...writing,
            affixes: [],
            percent: 'none',
            misfits: isSure ? 'null' : 'keep-text',
          },
          reason: mends.map(({ message }) => message).join(' '),
          recommended: isSure,
          mends,
        },
      ];
    },
  );

/** Factors to a base of each family; only within a family can one unit be made of another. */
const FAMILIES: readonly Readonly<Record<string, number>>[] = [
  {
    mg: 1e-6,
    g: 1e-3,
    gr: 1e-3,
    gram: 1e-3,
    grams: 1e-3,
    kg: 1,
    kgs: 1,
    kilogram: 1,
    kilograms: 1,
    kilo: 1,
    kilos: 1,
    t: 1000,
    lb: 0.45359237,
    lbs: 0.45359237,
    pound: 0.45359237,
    pounds: 0.45359237,
    oz: 0.028349523125,
  },
  {
    mm: 1e-3,
    cm: 1e-2,
    dm: 0.1,
    m: 1,
    meter: 1,
    meters: 1,
    metre: 1,
    metres: 1,
    km: 1000,
    kms: 1000,
    kilometer: 1000,
    kilometers: 1000,
    in: 0.0254,
    inch: 0.0254,
    inches: 0.0254,
    '"': 0.0254,
    ft: 0.3048,
    foot: 0.3048,
    feet: 0.3048,
    "'": 0.3048,
    yd: 0.9144,
    mi: 1609.344,
    mile: 1609.344,
    miles: 1609.344,
  },
  { ml: 1e-3, cl: 1e-2, dl: 0.1, l: 1, liter: 1, liters: 1, litre: 1, litres: 1 },
  {
    ms: 1e-3,
    s: 1,
    sec: 1,
    secs: 1,
    second: 1,
    seconds: 1,
    min: 60,
    mins: 60,
    minute: 60,
    minutes: 60,
    h: 3600,
    hr: 3600,
    hrs: 3600,
    hour: 3600,
    hours: 3600,
    d: 86_400,
    day: 86_400,
    days: 86_400,
  },
  { w: 1, kw: 1000, mw: 1e6 },
  { wh: 1, kwh: 1000 },
  { b: 1, kb: 1000, mb: 1e6, gb: 1e9, tb: 1e12 },
];

const QUANTITY = /^[-+]?\d[\d.,' \u00a0]*?\s?([^\d\s.,].*)?$/u;

/** Quantities in several units of one family go to the most frequent one. */
export const unitRules: Rule = (input) =>
  textColumns(input, ['mixed-units']).flatMap(([column, mends]): Proposal[] => {
    const counts = new Map<string, number>();
    for (const { examples, count } of column.text!.patterns) {
      for (const example of examples) {
        const unit = QUANTITY.exec(example.trim())?.[1] ?? '';
        counts.set(unit, (counts.get(unit) ?? 0) + count / examples.length);
      }
    }
    const units = [...counts].sort(([, a], [, b]) => b - a).map(([unit]) => unit);
    const main = units.find((unit) => unit !== '');
    const family = main === undefined ? undefined : FAMILIES.find((each) => main.toLowerCase() in each);
    const base = main === undefined ? undefined : family?.[main.toLowerCase()];
    if (!family || base === undefined) return [];
    const known = units.flatMap((unit) => {
      if (unit === '') return [{ unit, factor: 1 }];
      const factor = family[unit.toLowerCase()];
      return factor === undefined ? [] : [{ unit, factor: Number((factor / base).toPrecision(12)) }];
    });
    const mix = mixOf(column.text!.patterns);
    const numbers = shownCells(column).some((text) => /\d,\d{1,2}(?!\d)/.test(text) && !/\d\.\d/.test(text));
    const hasBare = units.includes('');
    return [
      {
        step: {
          kind: 'convert-units',
          column: column.name,
          units: known,
          decimal: numbers ? ',' : '.',
          thousands: '',
          misfits: 'null',
        },
        reason: `${mends.map(({ message }) => message).join(' ')} Everything becomes ${main}${hasBare ? '; numbers without a unit are taken for it' : ''}.`,
        recommended: !hasBare && mix.cells > 0,
        mends,
      },
    ];
  });
