import type { HistogramBin } from '../../../contracts/dataset-profile.js';
import { escapeHtml } from './escape-html.js';
import { formatFigure } from './format-figure.js';

const WIDTH = 320;
const HEIGHT = 96;
const FLOOR = 78;

/** Bars as SVG, with the ends of the range below; each bar tells its range and count. `label` writes a figure of the column. */
export function drawHistogram(bins: readonly HistogramBin[], label: (value: number) => string): string {
  const most = Math.max(...bins.map(({ count }) => count));
  const step = WIDTH / bins.length;
  const bars = bins.map(({ from, to, count }, i) => {
    // A bar that holds something is never invisible.
    const height = count === 0 || most === 0 ? 0 : Math.max(1, (count / most) * (FLOOR - 6));
    const told = `${label(from)} to ${label(to)}: ${formatFigure(count)}`;
    return `<rect x="${(i * step + 0.5).toFixed(1)}" y="${(FLOOR - height).toFixed(1)}" width="${(step - 1).toFixed(1)}" height="${height.toFixed(1)}"><title>${escapeHtml(told)}</title></rect>`;
  });
  const low = escapeHtml(label(bins[0]!.from));
  const high = escapeHtml(label(bins[bins.length - 1]!.to));
  return (
    `<svg class="histogram" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Histogram from ${low} to ${high}">${bars.join('')}` +
    `<line x1="0" y1="${FLOOR}.5" x2="${WIDTH}" y2="${FLOOR}.5"/><text x="0" y="93">${low}</text><text x="${WIDTH}" y="93" text-anchor="end">${high}</text></svg>`
  );
}
