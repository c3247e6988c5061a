import { type ColumnReading, NULL_WORDS, type NumberReading } from './column-reading.js';
import { confusedFormat, DATE_FORMATS, fitsDateFormat, TIMESTAMP_FORMATS } from './date-formats.js';

/** A typed reading is kept against cells that do not fit it when they are at most this share, and words. */
const MOST_MISFITS = 0.005;
const FEWEST_VALUES_WITH_MISFITS = 20;

/** What is less likely is no chance. */
const CHANCE = 0.01;

const BOOLEANS: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['True', 'False'],
  ['TRUE', 'FALSE'],
  ['yes', 'no'],
  ['Yes', 'No'],
  ['YES', 'NO'],
];

type Separators = Pick<NumberReading, 'point' | 'group'>;

/** In the order in which they are believed: `1.234` is a fraction, `1,234` a thousand, where no cell says otherwise. */
const SEPARATORS: readonly Separators[] = [
  { point: '.', group: '' },
  { point: '.', group: ',' },
  { point: ',', group: '.' },
  { point: ',', group: '' },
  { point: '.', group: ' ' },
  { point: ',', group: ' ' },
  { point: ',', group: '\u00a0' },
  { point: ',', group: '\u202f' },
  { point: '.', group: "'" },
  { point: '.', group: '\u2019' },
];
const CURRENCY = '(?:US\\$|[$€£¥₹]|[A-Z]{3})\\s?';
const AFTER = '\\s?(?:[$€£¥₹%]|[A-Z]{3})';
const NUMBERS = SEPARATORS.map((separators) => {
  const group = separators.group.replace('.', '\\.');
  const plain = '0|[1-9]\\d*';
  // Where thousands are marked, a small number need not be, and a large one must.
  const whole = group === '' ? plain : `0|[1-9]\\d{0,2}(?:${group}\\d{3})*`;
  const point = separators.point.replace('.', '\\.');
  const source = `^(?<sign>-?)(?<prefix>${CURRENCY})?(?<whole>${whole})(?:${point}(?<fraction>\\d+))?(?<suffix>${AFTER})?$`;
  return { separators, pattern: new RegExp(source) };
});
const EXPONENT = /^-?\d+(?:\.\d+)?[eE][-+]?\d{1,3}$/;

/**
 * Decides how a column is read from some of its cells (empty ones left away) so that every one of them is kept exactly. The caller
 * looks over the whole file for cells that do not fit, and asks again with these among the values.
 */
export function decideReading(values: readonly string[]): ColumnReading {
  const real = values.filter((value) => !NULL_WORDS.includes(value.trim()));
  if (real.length === 0) return { kind: 'text' };
  const trimmed = real.map((value) => value.trim());
  return (
    asBoolean(real) ??
    asNumber(trimmed) ??
    asDouble(trimmed) ??
    asDate(trimmed) ??
    withoutMisfits(trimmed) ?? { kind: 'text' }
  );
}

/** A few words among values are listed rather than turning the whole column into text; digits may be identifiers and are not. */
function withoutMisfits(values: readonly string[]): ColumnReading | undefined {
  const words = values.filter((value) => !/\d/.test(value));
  if (words.length === 0 || words.length > values.length * MOST_MISFITS) return undefined;
  if (values.length - words.length < FEWEST_VALUES_WITH_MISFITS) return undefined;
  const others = values.filter((value) => /\d/.test(value));
  return asNumber(others) ?? asDouble(others) ?? asDate(others);
}

function asBoolean(values: readonly string[]): ColumnReading | undefined {
  const pair = BOOLEANS.find(([yes, no]) => values.every((value) => value === yes || value === no));
  return pair && { kind: 'boolean', yes: pair[0], no: pair[1] };
}

function asNumber(values: readonly string[]): NumberReading | undefined {
  for (const { separators, pattern } of NUMBERS) {
    const reading = withSeparators(values, separators, pattern);
    if (reading) return reading;
  }
  return undefined;
}

function withSeparators(
  values: readonly string[],
  separators: Separators,
  pattern: RegExp,
): NumberReading | undefined {
  let scale = 0;
  let longest = 0;
  let isBeyondBigint = false;
  let affixes: string | undefined;
  let grouped = 0;
  let groupedWithFraction = 0;
  const fractions: string[] = [];
  const wholes: string[] = [];
  for (const value of values) {
    const parts = pattern.exec(value)?.groups;
    if (!parts) return undefined;
    const { sign, prefix = '', suffix = '', fraction = '' } = parts;
    const whole = (parts['whole'] ?? '').replaceAll(/\D/g, '');
    // Minus zero has no value of its own.
    if (sign === '-' && /^0*$/.test(whole + fraction)) return undefined;
    affixes ??= `${prefix}\n${suffix}`;
    if (affixes !== `${prefix}\n${suffix}`) return undefined;
    scale = Math.max(scale, fraction.length);
    longest = Math.max(longest, whole.length);
    if (whole.length === 19 && whole > '9223372036854775807') isBeyondBigint = true;
    if (/\D/.test(parts['whole'] ?? '')) {
      grouped += 1;
      if (fraction !== '') groupedWithFraction += 1;
    }
    fractions.push(fraction);
    wholes.push(whole);
  }
  if (scale + longest > 38 || affixes === undefined) return undefined;
  // 1,234 beside 1000: a thousand or a fraction, nobody can say.
  const areThreeDigits =
    scale === 3 && fractions.every((fraction) => fraction === '' || fraction.length === 3);
  if (separators.point === ',' && separators.group === '' && areThreeDigits) return undefined;
  if (areThreeDigits && grouped > 0 && groupedWithFraction === 0) {
    // 166,225 beside 161.246 and 158.307: of numbers that mostly have fractions, those with a thousand would have them, too.
    const bare = fractions.filter((fraction) => fraction === '').length - grouped;
    if ((bare / (fractions.length - grouped)) ** grouped < CHANCE) return undefined;
  }
  if (separators.point === '.' && areThreeDigits && lookLikeThousands(wholes, fractions)) return undefined;
  const fixed = fractions.filter((fraction) => fraction.length === scale).length;
  const shortest = fractions.filter((fraction) => !fraction.endsWith('0')).length;
  const [prefix = '', suffix = ''] = affixes.split('\n');
  const needed = scale === 0 ? (isBeyondBigint ? 38 : longest) : scale + longest;
  return {
    kind: 'number',
    scale,
    style: fixed >= shortest ? 'fixed' : 'shortest',
    ...separators,
    prefix,
    suffix,
    digits: needed <= 18 ? 18 : scale === 0 && needed === 19 ? 19 : 38,
  };
}

/**
 * 379, 1.142, 12.500: points that stand before three digits each time, beside numbers below a thousand without one, mark thousands.
 * Decimals would be written out everywhere (379.000) or not have three digits each time.
 */
function lookLikeThousands(wholes: readonly string[], fractions: readonly string[]): boolean {
  const marked = fractions.filter((fraction) => fraction !== '').length;
  if (marked < 2 || marked === fractions.length) return false;
  return wholes.every((whole, index) => whole.length <= 3 && (whole !== '0' || fractions[index] === ''));
}

/** Numbers with exponents, of at most 15 digits: a double holds each of them. */
function asDouble(values: readonly string[]): ColumnReading | undefined {
  let exponents = 0;
  for (const value of values) {
    if (EXPONENT.test(value)) exponents += 1;
    else if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value)) return undefined;
    const digits = value
      .replace(/[eE].*$/, '')
      .replaceAll(/\D/g, '')
      .replace(/^0+/, '');
    if (digits.length > 15 || !Number.isFinite(Number(value))) return undefined;
  }
  return exponents > 0 ? { kind: 'double' } : undefined;
}

function asDate(values: readonly string[]): ColumnReading | undefined {
  const formats: { kind: 'date' | 'timestamp'; list: readonly string[] }[] = [
    { kind: 'date', list: DATE_FORMATS },
    { kind: 'timestamp', list: TIMESTAMP_FORMATS },
  ];
  for (const { kind, list } of formats) {
    const fitting = list.filter((format) => values.every((value) => fitsDateFormat(format, value)));
    const [format] = fitting;
    if (!format) continue;
    const confused = confusedFormat(format);
    if (confused && fitting.includes(confused)) {
      return { kind: 'text', note: 'Day and month cannot be told apart in any of the dates.' };
    }
    return { kind, format };
  }
  return undefined;
}
