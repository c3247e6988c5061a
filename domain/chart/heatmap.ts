import type { Chart } from '../../contracts/presentation.js';
import { distinctCells, type ResultShape } from '../result/result-shape.js';
import { categoryEncoding } from './bar-chart.js';
import { CHART_WIDTH_PX, measureEncoding, specOf, titleOf, valuesOf } from './vega-lite.js';

const CELL_PX = 18;

/** An amount of each pair of two longer lists as colour; pairs that are not there stay white. */
export function heatmap(shape: ResultShape, first: number, second: number, measure: number): Chart {
  const { rows } = shape;
  // The shorter list, and time, go along the bottom.
  const isFirstAcross =
    shape.roles[first] === 'time' || distinctCells(rows, first).length <= distinctCells(rows, second).length;
  const [x, y] = isFirstAcross ? [first, second] : [second, first];
  const hasNegative = rows.some((row) => Number(row[measure]) < 0);
  const { axis: _, ...amount } = measureEncoding(shape, measure, { zero: !hasNegative });
  const spec = specOf(valuesOf(shape, rows, [first, second, measure]), {
    width: CHART_WIDTH_PX,
    height: { step: CELL_PX },
    mark: { type: 'rect', tooltip: true },
    encoding: {
      x: { ...categoryEncoding(shape, x, rows), axis: { labelAngle: -45, labelOverlap: true } },
      y: categoryEncoding(shape, y, rows),
      color: {
        ...amount,
        title: titleOf(shape.columns, measure),
        scale: hasNegative ? { scheme: 'redblue', domainMid: 0 } : { scheme: 'blues', zero: true },
      },
    },
  });
  return { kind: 'heatmap', spec, columns: { x, y: [measure], series: y } };
}
