import type { Finding } from '../../../contracts/dataset-profile.js';
import { sayCount } from '../../say-count.js';
import type { PlacedValue } from '../outliers.js';
import {
  type ColumnEvidence,
  type ColumnRule,
  cellsOf,
  notice,
  percent,
  warning,
} from './column-evidence.js';
import { KEY_NAME } from './key-rules.js';

const SENTINEL_NUMBERS = new Set([
  -1, -9, -99, -999, -9999, -99999, -999999, 99, 999, 9999, 99999, 999999, 9999999, 99999999, 999999999,
]);
const SENTINEL_DATES =
  /^(?:0001-01-01|1753-01-01|1899-12-3[01]|1900-01-0[01]|1970-01-01|1999-09-09|2099-12-31|2999-12-31|9999-12-31)/;

/** Stand-ins for missing values: a known figure at an end of the column, three times or more, away from all others. */
export function findPlaceholders({ profile, least, greatest }: ColumnEvidence): PlacedValue[] {
  const ends = [
    [least[0], least[1]],
    [greatest[0], greatest[1]],
  ] as const;
  return ends.flatMap(([end, next]) => {
    if (!end || !next) return [];
    const isKnown =
      profile.kind === 'temporal' ? SENTINEL_DATES.test(end.text) : SENTINEL_NUMBERS.has(end.num);
    const needed = profile.kind === 'temporal' ? 2 : 3;
    const others = end === least[0] ? greatest[0]!.num - next.num : next.num - least[0]!.num;
    // In a column of a few codes 99 is one of them.
    if (end.count * 2 > cellsOf(profile)) return [];
    const isAway = Math.abs(end.num - next.num) > 0.2 * Math.max(others, 1e-9) || isOnlyNegative(end, next);
    return isKnown && isAway && end.count >= needed ? [end] : [];
  });
}

/** -1 among 0, 1, 2 … is not far away, but no count either when it alone is negative and the numbers are not few. */
const isOnlyNegative = (end: PlacedValue, next: PlacedValue): boolean => end.num < -1 && next.num >= 0;

export const outlierRules: ColumnRule = (evidence) => {
  const { profile } = evidence;
  const found: Finding[] = [];
  const placeholders = findPlaceholders(evidence);
  if (placeholders.length > 0) {
    const count = placeholders.reduce((sum, each) => sum + each.count, 0);
    found.push(
      warning(
        profile,
        'placeholder-values',
        count,
        `${sayCount(count, `cell of ${profile.name} holds`, `cells of ${profile.name} hold`)} a stand-in for a missing value.`,
        {
          examples: placeholders.map(({ text }) => text),
          rows: placeholders.map(({ firstRow }) => firstRow),
        },
      ),
    );
  }
  // Numbers that name things, each another one, are near or far from nothing.
  const isName =
    profile.numbers?.fractions === 0 && profile.distinct === cellsOf(profile) && KEY_NAME.test(profile.name);
  const apart = (isName ? [] : (profile.outliers?.apart ?? [])).filter(
    ({ text }) => !placeholders.some((placeholder) => placeholder.text === text),
  );
  if (apart.length > 0) {
    const count = apart.reduce((sum, each) => sum + each.count, 0);
    found.push(
      warning(
        profile,
        'outliers',
        count,
        `${sayCount(count, `cell of ${profile.name} stands`, `cells of ${profile.name} stand`)} apart from all others.`,
        {
          examples: apart.slice(0, 5).map(({ text }) => text),
          rows: apart.slice(0, 10).map(({ firstRow }) => firstRow),
        },
      ),
    );
  }
  return found;
};

const NEVER_NEGATIVE =
  /(?:^|[_ -])(?:age|alter|quantity|qty|count|weight|height|width|length|distance|duration|population|area|stock|seats|pages|speed)(?:$|[_ -])/i;

/** Figures that cannot be, by the column's name: negative ages and quantities, ages above 130, degrees beyond the poles. */
export const impossibleRules: ColumnRule = ({ profile, least, greatest }) => {
  if (profile.kind !== 'number' || !profile.numbers) return [];
  const range = possibleRange(profile.name);
  if (!range) return [];
  const [low, high] = range;
  const outside = [...least.filter(({ num }) => num < low), ...greatest.filter(({ num }) => num > high)];
  const listed = outside.reduce((sum, { count }) => sum + count, 0);
  const count = low === 0 && high === Number.POSITIVE_INFINITY ? profile.numbers.negatives : listed;
  // A column that is so in many cells means something else than its name says.
  if (count === 0 || count > 0.1 * cellsOf(profile)) return [];
  return [
    warning(
      profile,
      'impossible-values',
      count,
      `${sayCount(count, `cell of ${profile.name} holds`, `cells of ${profile.name} hold`)} a figure that cannot be.`,
      {
        examples: outside.slice(0, 5).map(({ text }) => text),
        rows: outside.slice(0, 10).map(({ firstRow }) => firstRow),
      },
    ),
  ];
};

/** A change of weight falls below zero. */
const OF_CHANGE =
  /change|chg|delta|diff|growth|anomal|deviation|offset|balance|error|residual|adjust|variation|z[_ -]?score|(?:^|[_ -])net(?:$|[_ -])/i;
/** A house may be older than 130 years. */
const OF_THINGS =
  /(?:^|[_ -])(?:building|house|home|tree|rock|stand|wine|property|bridge|vessel|ship|vehicle|car|machine|company|account|sample|site|asset|structure|star|fossil)(?:$|[_ -])/i;

/** Least and greatest figure that a column of this name can hold; null where its name says nothing. */
export function possibleRange(name: string): [number, number] | null {
  if (OF_CHANGE.test(name)) return null;
  if (/(?:^|[_ -])(?:age|alter)(?:$|[_ -]years?$)/i.test(name))
    return [0, OF_THINGS.test(name) ? Number.POSITIVE_INFINITY : 130];
  if (/^lat(?:itude)?$|[_ -]lat(?:itude)?$/i.test(name)) return [-90, 90];
  if (/^(?:lon|lng|long)(?:itude)?$|[_ -](?:lon|lng)(?:gitude)?$|longitude$/i.test(name)) return [-180, 180];
  return NEVER_NEGATIVE.test(name) ? [0, Number.POSITIVE_INFINITY] : null;
}

/** Share of cells below which a fraction among whole numbers is an exception. */
const RARE = 0.01;

/** Whole numbers until late in the file, and then fractions: a column that a sample would have taken for whole. */
export const lateFractionRules: ColumnRule = ({ profile }) => {
  const { numbers, rows, name } = profile;
  if (profile.kind !== 'number' || !numbers || numbers.firstFractionRow === null) return [];
  const cells = cellsOf(profile);
  if (cells < 50 || !isLate({ first: numbers.firstFractionRow, count: numbers.fractions, cells, rows }))
    return [];
  return [
    warning(
      profile,
      'late-type-change',
      numbers.fractions,
      `${name} holds whole numbers until row ${numbers.firstFractionRow}, where the first of ${numbers.fractions} fractions stands.`,
      { rows: [numbers.firstFractionRow] },
    ),
  ];
};

/** Exceptions so few, or beginning so late, that chance would have brought the first one earlier (one in a thousand). */
export function isLate(of: { first: number; count: number; cells: number; rows: number }): boolean {
  if (of.count <= of.cells * RARE) return true;
  return of.first > of.rows / 4 && (1 - of.first / of.rows) ** of.count < 0.001;
}

/** Zeros, skew, evenness: properties, no defects. */
export const distributionNotices: ColumnRule = ({ profile }) => {
  const { numbers, name } = profile;
  const cells = cellsOf(profile);
  const found: Finding[] = [];
  if (numbers && numbers.notFinite > 0) {
    found.push(
      warning(
        profile,
        'not-finite',
        numbers.notFinite,
        `${sayCount(numbers.notFinite, `cell of ${name} is`, `cells of ${name} are`)} NaN or infinite.`,
      ),
    );
  }
  if (profile.kind === 'number' && numbers) {
    if (numbers.zeros > cells * 0.1) {
      found.push(
        notice(profile, 'zeros', numbers.zeros, `${percent(numbers.zeros, cells)} of ${name} is zero.`),
      );
    }
    if (numbers.skewness !== null && Math.abs(numbers.skewness) > 20) {
      found.push(
        notice(profile, 'skewed', cells, `${name} is very skewed (${numbers.skewness.toFixed(1)}).`),
      );
    }
    if (isUniform(profile.histogram, cells)) {
      found.push(notice(profile, 'uniform', cells, `${name} is evenly spread over its range.`));
    }
  }
  const [most] = profile.top;
  if (most && profile.distinct > 1 && profile.distinct <= 50 && most.count > cells * 0.9) {
    found.push(
      notice(profile, 'imbalance', most.count, `${percent(most.count, cells)} of ${name} is "${most.text}".`),
    );
  }
  return found;
};

/** Chi-squared over the bins, against its mean plus three standard deviations. */
function isUniform(bins: readonly { count: number }[] | undefined, cells: number): boolean {
  if (!bins || cells < bins.length * 10) return false;
  const expected = cells / bins.length;
  const squares = bins.reduce((sum, { count }) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = bins.length - 1;
  return squares < freedom + 3 * Math.sqrt(2 * freedom);
}
