import type { Chart } from '../../contracts/presentation.js';
import type { Cell } from '../../contracts/question.js';
import { cellLabel } from '../result/label.js';
import { distinctCells, type ResultShape } from '../result/result-shape.js';
import { foldedMeasures, isOneScale } from './measures-together.js';
import {
  AS_IN_DATA,
  CHART_HEIGHT_PX,
  CHART_WIDTH_PX,
  type Fields,
  fieldOf,
  measureEncoding,
  specOf,
  titleOf,
  valuesOf,
} from './vega-lite.js';

/** More bars than this are not read but counted. */
const MAX_BARS = 30;
const MAX_GROUPS_OF_MEASURES = 12;
const BAR_PX = 18;

/** An amount of each category as lying bars, in the order of the result. Places in a calendar become standing bars from first to last. */
export function barChart(shape: ResultShape, dimension: number, measures: readonly number[]): Chart | null {
  const [measure] = measures;
  if (measure === undefined) return null;
  const together = measures.length > 1 && isOneScale(shape, measures);
  const limit = together ? MAX_GROUPS_OF_MEASURES : MAX_BARS;
  const rows = shape.rows.slice(0, limit);
  const category = categoryEncoding(shape, dimension, rows);
  const isUpright = shape.roles[dimension] === 'order';
  const note =
    rows.length < shape.rows.length
      ? `The first ${rows.length} of ${shape.rows.length} rows are drawn.`
      : undefined;
  const [along, across] = isUpright ? ['x', 'y'] : ['y', 'x'];
  const size = isUpright
    ? { width: CHART_WIDTH_PX, height: CHART_HEIGHT_PX }
    : { width: CHART_WIDTH_PX, height: { step: BAR_PX + 4 } };
  const mark = { type: 'bar', tooltip: true };
  const chart = (kind: Chart['kind'], spec: Fields): Chart => ({
    kind,
    spec:
      note === undefined
        ? spec
        : { ...spec, title: { text: note, fontSize: 12, fontWeight: 'normal', anchor: 'start' } },
    columns: { x: dimension, y: [...measures] },
    ...(note === undefined ? {} : { note }),
  });
  if (measures.length === 1) {
    const encoding = { [along!]: category, [across!]: measureEncoding(shape, measure, { zero: true }) };
    return chart('bar', specOf(valuesOf(shape, rows, [dimension, measure]), { ...size, mark, encoding }));
  }
  const fold = foldedMeasures(shape, measures);
  const values = fold.values(rows, dimension);
  if (together) {
    const encoding = {
      [along!]: category,
      [across!]: fold.amount,
      [`${along}Offset`]: fold.offset,
      color: fold.color,
    };
    const grouped = isUpright ? size : { ...size, height: { step: BAR_PX * 0.7, for: 'offset' } };
    return chart('grouped-bar', specOf(values, { ...grouped, mark, encoding }));
  }
  const side = isUpright ? 'row' : 'column';
  const part = isUpright
    ? { width: CHART_WIDTH_PX, height: CHART_HEIGHT_PX / 2 }
    : { width: Math.round(CHART_WIDTH_PX / measures.length), height: { step: BAR_PX + 4 } };
  return chart(
    'bar',
    specOf(values, {
      facet: { [side]: fold.facet },
      spec: { ...part, mark, encoding: { [along!]: category, [across!]: fold.amount } },
      resolve: { scale: { [across!]: 'independent' } },
    }),
  );
}

/** An amount of each pair of two categories: groups of bars side by side, so that negative amounts can be read too. */
export function groupedBarChart(shape: ResultShape, groups: number, bars: number, measure: number): Chart {
  const { rows } = shape;
  const isUpright = shape.roles[groups] === 'order' || shape.roles[groups] === 'time';
  const [along, across] = isUpright ? ['x', 'y'] : ['y', 'x'];
  const spec = specOf(valuesOf(shape, rows, [groups, bars, measure]), {
    width: CHART_WIDTH_PX,
    height: isUpright ? CHART_HEIGHT_PX : { step: BAR_PX * 0.7, for: 'offset' },
    mark: { type: 'bar', tooltip: true },
    encoding: {
      [along!]: categoryEncoding(shape, groups, rows),
      [across!]: measureEncoding(shape, measure, { zero: true }),
      [`${along}Offset`]: { field: fieldOf(bars), type: 'nominal', sort: AS_IN_DATA },
      color: {
        field: fieldOf(bars),
        type: 'nominal',
        sort: AS_IN_DATA,
        title: titleOf(shape.columns, bars),
      },
    },
  });
  return { kind: 'grouped-bar', spec, columns: { x: groups, y: [measure], series: bars } };
}

/** Categories in the order of the result; numbers of a calendar by their size. */
export function categoryEncoding(shape: ResultShape, index: number, rows: ResultShape['rows']): Fields {
  const isTime = shape.roles[index] === 'time';
  const numbers = shape.roles[index] === 'order' ? numbersInOrder(distinctCells(rows, index)) : undefined;
  return {
    field: fieldOf(index),
    type: isTime ? 'ordinal' : 'nominal',
    title: titleOf(shape.columns, index),
    sort: isTime ? 'ascending' : (numbers ?? AS_IN_DATA),
    axis: shape.roles[index] === 'order' ? { labelAngle: 0, labelOverlap: true } : {},
  };
}

/** Labels of cells that are all numbers, the missing one last; undefined when there is any other. */
function numbersInOrder(cells: readonly Cell[]): string[] | undefined {
  if (!cells.every((cell) => cell === null || !Number.isNaN(Number(cell)))) return undefined;
  return [...cells].sort((a, b) => Number(a ?? Infinity) - Number(b ?? Infinity)).map(cellLabel);
}
