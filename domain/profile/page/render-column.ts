import type { ColumnProfile, Finding } from '../../../contracts/dataset-profile.js';
import { KEY_NAME } from '../warnings/key-rules.js';
import { drawHistogram } from './draw-histogram.js';
import { escapeHtml } from './escape-html.js';
import { formatFigure, formatMoment, formatName, formatShare } from './format-figure.js';

type Figure = [name: string, value: string];

/** One column: what it is, how full, its figures, its shape, its frequent values. Values of personal columns are withheld. */
export function renderColumn(column: ColumnProfile, findings: readonly Finding[]): string {
  const cells = column.rows - column.nulls;
  const stored = column.type === 'VARCHAR' ? 'text' : column.type.toLowerCase();
  const type = column.semantic ? `${stored}, ${column.semantic.type.replace('-', ' ')}` : stored;
  const isPersonal = holdsPersonalData(column, findings);
  const warnings = findings.filter(({ level }) => level === 'warning');
  const marks = warnings.map(({ message }) => `<li>${escapeHtml(message)}</li>`).join('');
  const filled = column.rows > 0 ? (cells / column.rows) * 100 : 0;
  return `<section class="column" id="column-${column.index}">
<header><h3>${escapeHtml(column.name)}</h3><span class="type">${escapeHtml(type)}</span></header>
<div class="fill" title="${escapeHtml(formatShare(cells, column.rows))} filled"><i style="width:${filled.toFixed(1)}%"></i></div>
${marks ? `<ul class="marks">${marks}</ul>` : ''}
<div class="body"><dl>${figuresOf(column, isPersonal)
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${unbroken(value)}</dd>`)
    .join('')}</dl>
<div class="shape">${shapeOf(column, isPersonal)}</div></div>
${estimatesOf(column)}</section>`;
}

/** Of itself, or somewhere inside its text. */
export const holdsPersonalData = (column: ColumnProfile, findings: readonly Finding[]): boolean =>
  column.semantic?.personal === true ||
  findings.some((finding) => finding.kind === 'personal-data' && finding.column === column.name);

/** Dates and numbers are not broken at their hyphens. */
const unbroken = (value: string): string =>
  value
    .split(' to ')
    .map((part) => `<span class="whole">${escapeHtml(part)}</span>`)
    .join(' to ');

/** Years, and numbers by which things are called. */
const isName = ({ name, kind, numbers }: ColumnProfile): boolean =>
  kind === 'number' &&
  numbers?.fractions === 0 &&
  (KEY_NAME.test(name) ||
    /(?:^|[_ -])(?:year|yr|jahr|année|anno|año|ano|zip|postcode|plz)(?:$|[_ -])/i.test(name));

/** Estimates among what is shown, by the way they were made. */
const ESTIMATES: Record<string, string> = {
  distinct: 'distinct values',
  quantiles: 'median and middle half',
  histogram: 'the histogram',
  patterns: 'shapes',
  top: 'which values are frequent',
  sortiness: 'order of the rows',
};

function estimatesOf({ approximate = {} }: ColumnProfile): string {
  const told = Object.entries(approximate).flatMap(([figure, of]) => {
    const name = ESTIMATES[figure];
    const error = of.relativeError ?? of.rankError ?? of.absoluteError;
    const bound = error
      ? ` (± ${(error * 100).toFixed(2)} %)`
      : of.missedShare
        ? ` (none above ${(of.missedShare * 100).toFixed(3)} % of the cells is missed)`
        : '';
    return name ? [`${name}: ${of.method}${bound}`] : [];
  });
  return told.length > 0 ? `<p class="quiet estimates">Estimated – ${escapeHtml(told.join('; '))}</p>` : '';
}

function figuresOf(column: ColumnProfile, isPersonal: boolean): Figure[] {
  const { numbers, quantiles, text } = column;
  const write = isName(column) ? formatName : formatFigure;
  const figures: Figure[] = [
    ['Missing', `${formatFigure(column.nulls)} (${formatShare(column.nulls, column.rows)})`],
    ['Distinct', `${formatFigure(column.distinct)}${column.approximate?.distinct ? ' about' : ''}`],
  ];
  const isTemporal = column.kind === 'temporal';
  if (!isPersonal && column.kind !== 'text') {
    const end = (value: string | null) => (isTemporal ? (value ?? '–') : write(value));
    figures.push(['Least', end(column.min)], ['Greatest', end(column.max)]);
  }
  if (numbers && column.kind === 'number' && !isPersonal) {
    figures.push(['Mean', formatFigure(numbers.mean)], ['Std. deviation', formatFigure(numbers.stddev)]);
  }
  if (quantiles && !isPersonal) {
    const show = isTemporal ? formatMoment : write;
    figures.push(['Median', show(quantiles.median)]);
    figures.push(['Middle half', `${show(quantiles.q1)} to ${show(quantiles.q3)}`]);
  }
  if (numbers && column.kind === 'number') {
    if (numbers.zeros > 0) figures.push(['Zero', formatFigure(numbers.zeros)]);
    if (numbers.negatives > 0) figures.push(['Negative', formatFigure(numbers.negatives)]);
    if (!isName(column)) figures.push(['Skewness', formatFigure(numbers.skewness)]);
  }
  if (text) {
    const { minCharacters, maxCharacters } = text.lengths;
    figures.push(['Length', `${formatFigure(minCharacters)} to ${formatFigure(maxCharacters)} characters`]);
    figures.push(['Empty or blank', formatFigure(text.empty + text.blank)]);
  }
  return figures;
}

const MOST_BARS = 8;

function shapeOf(column: ColumnProfile, isPersonal: boolean): string {
  if (isPersonal) return '<p class="quiet">Personal data: the values are withheld.</p>';
  if (column.histogram && column.kind !== 'boolean' && column.distinct > MOST_BARS) {
    return drawHistogram(
      column.histogram,
      column.kind === 'temporal' ? formatMoment : isName(column) ? formatName : formatFigure,
    );
  }
  const values = column.top.slice(0, MOST_BARS);
  const most = values[0]?.count ?? 0;
  // Where nothing repeats, the shapes of the values say more.
  if (most <= 1 && column.text && column.text.patterns.length > 0) {
    const patterns = column.text.patterns.slice(0, MOST_BARS);
    return `<p class="quiet">Shapes of the values</p>${bars(patterns.map(({ pattern, count }) => ({ text: pattern, count })))}`;
  }
  return values.length > 0 ? bars(values) : '<p class="quiet">No values.</p>';
}

function bars(values: readonly { text: string; count: number }[]): string {
  const most = Math.max(...values.map(({ count }) => count), 1);
  return `<ol class="bars">${values
    .map(({ text, count }) => {
      const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
      return `<li><span class="label" title="${escapeHtml(text)}">${shown.trim() === '' ? '<em>blank</em>' : escapeHtml(shown)}</span><span class="bar"><i style="width:${((count / most) * 100).toFixed(1)}%"></i></span><span class="count">${formatFigure(count)}</span></li>`;
    })
    .join('')}</ol>`;
}
