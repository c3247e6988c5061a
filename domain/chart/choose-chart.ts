import type { Chart } from '../../contracts/presentation.js';
import { distinctCells, isUnique, numbersOf, type ResultShape } from '../result/result-shape.js';
import { barChart, groupedBarChart } from './bar-chart.js';
import { heatmap } from './heatmap.js';
import { lineChart } from './line-chart.js';
import { histogram, scatterPlot } from './point-charts.js';

/** Amounts that one picture can show side by side. */
const MAX_MEASURES = 4;
/** Lines of one picture. */
const MAX_SERIES = 10;
/** Rows and columns of a heatmap. */
const MAX_HEATMAP_SIDE = 40;
/** Groups and bars in a group. */
const MAX_GROUPS = 15;
const MAX_BARS_IN_GROUP = 6;
/** Fewer points than this tell no distribution and no relation. */
const MIN_POINTS = 10;
const MIN_SCATTER_POINTS = 5;
const SMALLEST_SCALE = 1e-290;

/**
 * Chooses a chart by the shape of a result alone. Null where the rows say it better: a single row, no amounts, amounts without
 * anything that they belong to, more columns than a picture holds.
 */
export function chooseChart(shape: ResultShape): Chart | null {
  const { dimensions, measures, rows } = shape;
  const [first, second] = dimensions;
  const [measure, other] = measures;
  if (rows.length < 2 || measure === undefined || measures.length > MAX_MEASURES) return null;
  if (measures.every((index) => new Set(numbersOf(rows, index)).size === 0)) return null;
  if (!measures.every((index) => hasDrawnScale(numbersOf(rows, index)))) return null;
  if (dimensions.length > 2) return null;
  if (first === undefined) return withoutDimension(shape, measure, other);
  if (second === undefined) return byOne(shape, first);
  return measures.length === 1 ? byTwo(shape, first, second, measure) : null;
}

/** An axis of amounts near the ends of what a double holds cannot be divided into steps. */
function hasDrawnScale(numbers: readonly number[]): boolean {
  const largest = numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  return largest === 0 || (largest > SMALLEST_SCALE && largest < 1 / SMALLEST_SCALE);
}

function withoutDimension(shape: ResultShape, measure: number, other: number | undefined): Chart | null {
  const { rows, measures } = shape;
  if (measures.length === 2 && other !== undefined && rows.length >= MIN_SCATTER_POINTS)
    return scatterPlot(shape, measure, other);
  return measures.length === 1 && rows.length >= MIN_POINTS && new Set(numbersOf(rows, measure)).size > 2
    ? histogram(shape, measure)
    : null;
}

function byOne(shape: ResultShape, dimension: number): Chart | null {
  const { rows, roles, measures } = shape;
  if (roles[dimension] === 'time') {
    if (isUnique(rows, [dimension])) return lineChart(shape, dimension, measures);
    return measures.length === 1 ? scatterPlot(shape, dimension, measures[0]!) : null;
  }
  return isUnique(rows, [dimension]) ? barChart(shape, dimension, measures) : null;
}

function byTwo(shape: ResultShape, first: number, second: number, measure: number): Chart | null {
  const { rows, roles } = shape;
  if (!isUnique(rows, [first, second])) return null;
  const counts = [first, second].map((index) => distinctCells(rows, index).length);
  const [ofFirst = 0, ofSecond = 0] = counts;
  if (ofFirst === 1) return onlyBy(shape, second);
  if (ofSecond === 1) return onlyBy(shape, first);
  if (roles[first] === 'time' && roles[second] !== 'time' && ofSecond <= MAX_SERIES)
    return lineChart(shape, first, [measure], second);
  // The longer list becomes the groups.
  const [groups, bars] = ofFirst >= ofSecond || roles[first] === 'order' ? [first, second] : [second, first];
  const [ofGroups, ofBars] = groups === first ? [ofFirst, ofSecond] : [ofSecond, ofFirst];
  if (ofGroups <= MAX_GROUPS && ofBars <= MAX_BARS_IN_GROUP)
    return groupedBarChart(shape, groups, bars, measure);
  return Math.max(ofFirst, ofSecond) <= MAX_HEATMAP_SIDE ? heatmap(shape, first, second, measure) : null;
}

const onlyBy = (shape: ResultShape, dimension: number): Chart | null =>
  byOne({ ...shape, dimensions: [dimension] }, dimension);
