import type { Chart } from '../../contracts/presentation.js';
import type { ResultShape } from '../result/result-shape.js';
import { numbersOf } from '../result/result-shape.js';
import {
  CHART_HEIGHT_PX,
  CHART_WIDTH_PX,
  evenly,
  MAX_POINTS,
  measureEncoding,
  specOf,
  timeEncoding,
  titleOf,
  valuesOf,
} from './vega-lite.js';

/** Two amounts of each row, or an amount at points in time that come more than once. */
export function scatterPlot(shape: ResultShape, x: number, y: number): Chart {
  const rows = evenly(shape.rows, MAX_POINTS);
  const horizontal =
    shape.roles[x] === 'time' ? timeEncoding(shape, x) : measureEncoding(shape, x, { zero: false });
  const spec = specOf(valuesOf(shape, rows, [x, y]), {
    width: CHART_WIDTH_PX,
    height: CHART_HEIGHT_PX,
    mark: { type: 'point', filled: true, opacity: rows.length > 100 ? 0.4 : 0.7, size: 40, tooltip: true },
    encoding: { x: horizontal, y: measureEncoding(shape, y, { zero: false }) },
  });
  const isPart = rows.length < shape.rows.length;
  return {
    kind: 'scatter',
    spec,
    columns: { x, y: [y] },
    ...(isPart ? { note: `${rows.length} of ${shape.rows.length} points are drawn.` } : {}),
  };
}

const MAX_BINS = 20;

/** How often amounts come: counted here over all rows, so that the picture needs only the bins. */
export function histogram(shape: ResultShape, measure: number): Chart {
  const numbers = numbersOf(shape.rows, measure);
  const { bins, step } = binsOf(numbers);
  const title = titleOf(shape.columns, measure);
  const { axis } = measureEncoding(shape, measure, { zero: false });
  const spec = specOf(
    bins.map(({ from, count }) => ({ from, to: from + step, count })),
    {
      width: CHART_WIDTH_PX,
      height: CHART_HEIGHT_PX,
      mark: { type: 'bar', tooltip: true, binSpacing: 1 },
      encoding: {
        x: { field: 'from', bin: { binned: true, step }, type: 'quantitative', title, axis },
        x2: { field: 'to' },
        y: { field: 'count', type: 'quantitative', title: 'rows', scale: { zero: true } },
      },
    },
  );
  return { kind: 'histogram', spec, columns: { x: measure, y: [] } };
}

function binsOf(numbers: readonly number[]): { bins: { from: number; count: number }[]; step: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const n of numbers) {
    low = Math.min(low, n);
    high = Math.max(high, n);
  }
  const wanted = Math.min(MAX_BINS, Math.max(5, Math.ceil(Math.sqrt(numbers.length))));
  const step = niceStep((high - low) / wanted);
  const start = Math.floor(low / step);
  const counts = new Map<number, number>();
  for (const n of numbers) {
    const bin = Math.floor(n / step) - start;
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const last = Math.max(...counts.keys());
  return {
    step,
    bins: Array.from({ length: last + 1 }, (_, bin) => ({
      from: (start + bin) * step,
      count: counts.get(bin) ?? 0,
    })),
  };
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function niceStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((factor) => factor * power >= least) ?? 10) * power;
}
