import { LRUCache } from 'lru-cache';
import type { Chart } from '../contracts/presentation.js';
import { renderChart } from '../platform/render-chart.js';

/** Some 20 KB each. */
const MAX_PICTURES = 200;

/**
 * Draws charts when they are asked for and keeps the last ones: most answers are never looked at as SVG, a specification holds
 * at most some hundred marks, and drawing it takes 15 ms, which is less than a job of its own would add.
 */
export function createChartPictures(): { draw(questionId: string, chart: Chart): Promise<string> } {
  const pictures = new LRUCache<string, string, Chart>({
    max: MAX_PICTURES,
    fetchMethod: async (_id, _stale, { context }) => await renderChart(context),
  });
  return { draw: async (questionId, chart) => await pictures.forceFetch(questionId, { context: chart }) };
}
