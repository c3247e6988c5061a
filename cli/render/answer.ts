import type { Chart } from '../../contracts/presentation.js';
import type { AnswerTiming, Cell, ModelLabel, Question } from '../../contracts/question.js';
import { renderTextChart } from './chart.js';
import { renderChoice } from './choice.js';
import type { Colors } from './colors.js';
import { renderProblem } from './problem.js';
import { isNumericType, moreRows, renderTable } from './table.js';
import { formatDuration, plural, printable, printableLines } from './text.js';

export interface RenderQuestionOptions {
  question: Question;
  /** The first rows of the result. */
  rows: readonly (readonly Cell[])[];
  colors: Colors;
  terminalWidth?: number | undefined;
}

/** A question that has ended: the answer with all that it rests on, or why there is none. */
export function renderQuestion(options: RenderQuestionOptions): string {
  const { question, colors } = options;
  if (question.answer) return renderAnswer(options);
  const error = question.error;
  if (question.status === 'waiting') return renderChoice(question, colors);
  if (!error) return `The question is ${question.status}.`;
  return renderProblem(
    {
      title: question.status === 'refused' ? 'The question was not answered' : 'Answering failed',
      status: 0,
      code: error.code,
      detail: error.message,
      ...(error.details ? { details: error.details } : {}),
      wayOut: error.wayOut,
    },
    colors,
  );
}

/** `built-in model`, or provider and name; the built-in one is always said. */
export const modelText = (model: ModelLabel): string =>
  model.provider === 'built-in'
    ? `built-in model (${printable(model.name)}; no language model is configured)`
    : model.provider === 'person'
      ? `none: the SQL was written by ${printable(model.name)}`
      : `${printable(model.name)} (${model.provider})`;

function renderAnswer({ question, rows, colors, terminalWidth }: RenderQuestionOptions): string {
  const answer = question.answer;
  if (!answer) return '';
  const heading = (text: string) => colors.bold(colors.cyan(text));
  const parts: string[] = [];

  if (answer.explanation) parts.push(`${heading('Answer')}   ${printable(answer.explanation)}`);
  for (const { message, code } of answer.warnings)
    parts.push(`${colors.yellow('Caution')}  ${printable(message)} ${colors.dim(`(${code})`)}`);
  if (answer.interpretation) parts.push(`${heading('Read as')}  ${printable(answer.interpretation)}`);
  if (answer.tables.length > 0) {
    const ranked = [...answer.tables].sort((a, b) => a.rank - b.rank);
    const read = ranked.filter(({ canonicalTableName }) => isNamedIn(answer.sql, canonicalTableName));
    const shown = read.length > 0 ? read : ranked;
    const lines = shown.map((table) =>
      `  ${table.rank}. ${printable(table.canonicalTableName)}${colors.dim(`  ${printable(table.reasons.join('; '))}`)}`.trimEnd(),
    );
    const others = ranked.length - shown.length;
    if (others > 0)
      lines.push(
        colors.dim(`  ${plural(others, 'other table')} looked at; --json shows them with their reasons`),
      );
    parts.push([heading('Tables'), ...lines].join('\n'));
  }
  parts.push([heading('SQL'), printableLines(answer.sql).replace(/^/gm, '  ')].join('\n'));
  parts.push(renderRows(answer.rowCount, answer.truncated));
  if (answer.chart) parts.push(renderChart(answer.chart));
  const label = [
    `${heading('Model')}  ${modelText(answer.model)}`,
    answer.repairs > 0 ? `SQL mended ${plural(answer.repairs, 'time')}` : '',
    question.cachedFrom ? 'answer taken from the cache' : '',
  ];
  // The id is what `run`, `schedule set` and `examples save` ask for.
  parts.push(
    [
      label.filter(Boolean).join(' · '),
      `${heading('Time')}   ${timingText(answer.timings)}`,
      `${heading('Id')}     ${question.id}`,
    ].join('\n'),
  );
  return parts.join('\n\n');

  /** As text where lines can show it; the picture is always named. */
  function renderChart(chart: Chart): string {
    const lines = [`${heading('Chart')}  ${chart.kind}: GET /v1/questions/${question.id}/chart.svg`];
    const text = renderTextChart(chart, rows);
    if (text) lines.push(text);
    return lines.join('\n');
  }

  function renderRows(rowCount: number, isTruncated: boolean): string {
    const columns = (answer?.columns ?? []).map((column) => ({
      name: column.name,
      align: isNumericType(column.type) ? ('right' as const) : ('left' as const),
    }));
    const count = `${plural(rowCount, 'row')}${isTruncated ? colors.yellow(' (truncated: the result has more than are kept)') : ''}`;
    const lines = [`${heading('Rows')}  ${count}`];
    if (rows.length > 0) lines.push(renderTable({ columns, rows, colors, terminalWidth }));
    const hidden = moreRows(rowCount - rows.length);
    if (hidden) lines.push(colors.dim(hidden));
    return lines.join('\n');
  }
}

/** Whether the SQL has the table's own name as a word; it need not be the table. */
function isNamedIn(sql: string, canonicalTableName: string): boolean {
  const name = /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(canonicalTableName)?.[0].replace(/^"|"$/g, '') ?? '';
  const at = sql.toLowerCase().indexOf(name.toLowerCase());
  if (name === '' || at < 0) return false;
  const words = sql.toLowerCase().split(/[^\p{L}\p{N}_$]+/u);
  return /[^\p{L}\p{N}_$]/u.test(name) || words.includes(name.toLowerCase());
}

/** `131 ms: context 20 ms, model 8 ms, …`, the steps in the order in which they came. */
export function timingText(timings: readonly AnswerTiming[]): string {
  const totalMs = timings.reduce((sum, timing) => sum + timing.durationMs, 0);
  const steps = timings.map((timing) => `${timing.step} ${formatDuration(timing.durationMs)}`);
  return `${formatDuration(totalMs)}${steps.length > 0 ? `: ${steps.join(', ')}` : ''}`;
}
