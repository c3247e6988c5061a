import type { Chart } from '../../contracts/presentation.js';
import { distinctCells, type ResultShape } from '../result/result-shape.js';
import { foldedMeasures, isOneScale } from './measures-together.js';
import {
  CHART_HEIGHT_PX,
  CHART_WIDTH_PX,
  evenly,
  fieldOf,
  MAX_POINTS,
  measureEncoding,
  specOf,
  timeEncoding,
  titleOf,
  valuesOf,
} from './vega-lite.js';

/** Points are marked while they can be told apart. */
const MAX_MARKED_POINTS = 60;
/** Under three points there is no course of time to see. */
const MIN_LINE_POINTS = 3;

/**
 * Amounts over time: one line for each of several amounts, or for each value of `series`. Gaps stay gaps: a missing amount is
 * not bridged.
 */
export function lineChart(
  shape: ResultShape,
  time: number,
  measures: readonly number[],
  series?: number,
): Chart | null {
  const points = distinctCells(shape.rows, time).filter((cell) => cell !== null).length;
  if (points < 2) return null;
  const rows = series === undefined ? evenly(shape.rows, MAX_POINTS) : shape.rows;
  if (rows.length > MAX_POINTS * 4) return null;
  const isBars = points < MIN_LINE_POINTS && series === undefined;
  const mark = isBars
    ? { type: 'bar', width: 60, tooltip: true }
    : {
        type: 'line',
        strokeWidth: 2,
        point: rows.length <= MAX_MARKED_POINTS ? { size: 30 } : false,
        invalid: 'break-paths-show-path-domains',
        tooltip: true,
      };
  const x = timeEncoding(shape, time);
  const parts = { width: CHART_WIDTH_PX, height: CHART_HEIGHT_PX, mark };
  const chart = (spec: Chart['spec'], shown: readonly number[]): Chart => ({
    kind: isBars ? 'bar' : 'line',
    spec,
    columns: { x: time, y: [...shown], ...(series === undefined ? {} : { series }) },
    ...(rows.length < shape.rows.length
      ? { note: `${rows.length} of ${shape.rows.length} points are drawn.` }
      : {}),
  });
  const [measure] = measures;
  if (measure === undefined) return null;
  if (measures.length > 1) {
    const fold = foldedMeasures(shape, measures);
    const encoding = {
      x,
      y: { ...fold.amount, scale: { zero: false } },
      ...(isOneScale(shape, measures) ? { color: fold.color } : {}),
    };
    const isApart = !isOneScale(shape, measures);
    return chart(
      specOf(fold.values(rows, time), {
        ...(isApart
          ? {
              facet: { row: fold.facet },
              spec: { width: CHART_WIDTH_PX, height: CHART_HEIGHT_PX / 2, mark, encoding },
              resolve: { scale: { y: 'independent' } },
            }
          : { ...parts, encoding }),
      }),
      measures,
    );
  }
  return chart(
    specOf(valuesOf(shape, rows, [time, measure, ...(series === undefined ? [] : [series])]), {
      ...parts,
      encoding: {
        x,
        y: measureEncoding(shape, measure, { zero: isBars }),
        ...(series === undefined
          ? {}
          : { color: { field: fieldOf(series), type: 'nominal', title: titleOf(shape.columns, series) } }),
      },
    }),
    [measure],
  );
}
