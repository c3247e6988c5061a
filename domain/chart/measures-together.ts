import { numbersOf, type ResultShape } from '../result/result-shape.js';
import { toNumber } from '../result/to-number.js';
import { AS_IN_DATA, chartValue, type Fields, fieldOf, titleOf } from './vega-lite.js';

/** Amounts farther apart than this share no axis: the smaller one would be a flat line. */
const ONE_SCALE_FACTOR = 20;

/** Whether amounts are near enough to each other for one axis. */
export function isOneScale(shape: ResultShape, measures: readonly number[]): boolean {
  const largest = measures.map((index) => Math.max(0, ...numbersOf(shape.rows, index).map(Math.abs)));
  return Math.max(...largest) <= ONE_SCALE_FACTOR * Math.min(...largest);
}

const NAME = 'name';
const AMOUNT = 'amount';

/** Several amounts as one: a row for each, with the amount's title beside it. */
export function foldedMeasures(shape: ResultShape, measures: readonly number[]) {
  const titles = distinctTitles(measures.map((index) => titleOf(shape.columns, index)));
  const isLarge = measures.some((index) => numbersOf(shape.rows, index).some((n) => Math.abs(n) >= 10_000));
  return {
    amount: {
      field: AMOUNT,
      type: 'quantitative',
      title: null,
      axis: isLarge ? { format: '~s' } : {},
    } as Fields,
    color: { field: NAME, type: 'nominal', title: null, sort: AS_IN_DATA } as Fields,
    offset: { field: NAME, type: 'nominal', sort: AS_IN_DATA } as Fields,
    facet: {
      field: NAME,
      type: 'nominal',
      title: null,
      sort: AS_IN_DATA,
      header: { labelAngle: 0, labelAnchor: 'start', labelOrient: 'top' },
    } as Fields,
    values: (rows: ResultShape['rows'], dimension: number): Fields[] =>
      rows.flatMap((row) =>
        measures.map((index, n) => ({
          [fieldOf(dimension)]: chartValue(shape, dimension, row[dimension] ?? null),
          [NAME]: titles[n],
          [AMOUNT]: toNumber(row[index]) ?? null,
        })),
      ),
  };
}

/** Two columns may have one name. */
const distinctTitles = (titles: readonly string[]): string[] =>
  titles.map((title, n) => (titles.indexOf(title) === n ? title : `${title} (${n + 1})`));
