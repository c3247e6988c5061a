import type { JobProgress } from '../../contracts/job.js';
import type { FollowedEvent } from '../follow-job.js';
import type { Colors } from './colors.js';
import { cutToWidth, formatCount, formatDuration, plural, printable } from './text.js';

/** Where progress goes: standard error, so that standard output holds only the result. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** Progress of a job: one line that changes on a terminal, a line at each step elsewhere. */
export interface ProgressView {
  /** True on a terminal, where the line changes. */
  readonly isLive: boolean;
  show(event: FollowedEvent): void;
  /** A line that stays. */
  note(text: string): void;
  /** Takes the changing line away. */
  clear(): void;
}

const BAR_WIDTH = 24;
const CLEAR_LINE = '\r\u001b[2K';

export function createProgressView(stream: ProgressStream, colors: Colors): ProgressView {
  let isLineOpen = false;
  let lastPlain = '';
  const clear = () => {
    if (isLineOpen) stream.write(CLEAR_LINE);
    isLineOpen = false;
  };
  return {
    isLive: stream.isTTY === true,
    show(event) {
      if (!stream.isTTY) {
        const text = plainText(event);
        if (text !== undefined && text !== lastPlain) stream.write(`${text}\n`);
        lastPlain = text ?? lastPlain;
        return;
      }
      const text = event.kind === 'job.progressed' ? progressBar(event.data, colors) : eventText(event);
      if (text === undefined) return;
      clear();
      stream.write(cutColoured(text, stream.columns));
      isLineOpen = true;
    },
    note(text) {
      clear();
      stream.write(`${text}\n`);
    },
    clear,
  };
}

/** `embed ███████░░░░░  4,200 of 10,200 columns · 850/s · 7.1 s left` */
export function progressBar(progress: JobProgress, colors: Colors): string {
  const share = progress.total ? Math.min(1, progress.done / progress.total) : undefined;
  const filled = Math.round((share ?? 0) * BAR_WIDTH);
  const bar =
    share === undefined
      ? ''
      : `${colors.green('█'.repeat(filled))}${colors.dim('░'.repeat(BAR_WIDTH - filled))} `;
  return `${printable(progress.phase)} ${bar}${amount(progress)}`;
}

function amount(progress: JobProgress): string {
  const of = progress.total === undefined ? '' : ` of ${formatCount(progress.total)}`;
  return [
    `${formatCount(progress.done)}${of} ${printable(progress.unit)}`,
    progress.ratePerSecond ? `${formatCount(Math.round(progress.ratePerSecond))}/s` : '',
    progress.etaMs === undefined ? '' : `${formatDuration(progress.etaMs)} left`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Off a terminal a bar is said at each quarter only, so that logs stay short. */
function plainText(event: FollowedEvent): string | undefined {
  if (event.kind !== 'job.progressed') return eventText(event);
  const { phase, done, total, unit } = event.data;
  if (!total) return `${printable(phase)} …`;
  const quarter = Math.floor((done / total) * 4) * 25;
  return `${printable(phase)}: ${quarter} % of ${formatCount(total)} ${printable(unit)}`;
}

/** One event in words; undefined for those that say nothing to a person, and for kinds that are newer than this program. */
export function eventText(event: FollowedEvent): string | undefined {
  switch (event.kind) {
    case 'job.queued':
      return 'queued';
    case 'job.started':
      return 'started';
    case 'schema.introspected': {
      const { tables, columns, schemas, durationMs } = event.data;
      return `read ${plural(tables, 'table')} and ${plural(columns, 'column')} in ${plural(schemas, 'schema')} (${formatDuration(durationMs)})`;
    }
    case 'joins.inferred': {
      const { joins } = event.data;
      return joins === 0 ? undefined : `Inferred ${plural(joins, 'join')} that no key declares`;
    }
    case 'values.sampled': {
      const { columns, values, withheld, skipped, durationMs } = event.data;
      const notes = [
        ...(withheld > 0 ? [`${plural(withheld, 'column')} left alone as personal`] : []),
        ...(skipped > 0 ? [`${plural(skipped, 'table')} skipped`] : []),
      ];
      return `sampled ${plural(values, 'value')} of ${plural(columns, 'column')} (${[...notes, formatDuration(durationMs)].join('; ')})`;
    }
    case 'embedding.planned': {
      const { items, batches, unchanged } = event.data;
      const batchCount = `${formatCount(batches)} ${batches === 1 ? 'batch' : 'batches'}`;
      return `to embed: ${plural(items, 'item')} in ${batchCount}; ${formatCount(unchanged)} unchanged`;
    }
    case 'items.refused': {
      const { count, items } = event.data;
      const names = items.slice(0, 3).map(({ name }) => printable(name));
      return `the model refused ${plural(count, 'item')}: ${names.join(', ')}${count > names.length ? ' …' : ''}`;
    }
    case 'descriptions.planned': {
      const { tables, names, batches, leftOut } = event.data;
      const left = leftOut > 0 ? `; ${plural(leftOut, 'table')} beyond the limit` : '';
      return `to describe: ${plural(names, 'name')} of ${plural(tables, 'table')} in ${plural(batches, 'request')}${left}`;
    }
    case 'columns.profiled':
      return `profiled ${event.data.columns.map(({ name }) => printable(name)).join(', ')}`;
    case 'dataset.profiled':
      return `${plural(event.data.columns, 'column')} profiled, ${plural(event.data.warnings, 'warning')}`;
    case 'cleaning.planned':
      return `${plural(event.data.steps, 'step')} planned, ${event.data.recommended} recommended`;
    case 'dataset.cleaned':
      return `${plural(event.data.rows, 'row')} left, ${plural(event.data.cellsChanged, 'cell')} changed`;
    case 'dataset.read':
      return `Read ${plural(event.data.rows, 'row')} of ${plural(event.data.columns, 'column')}`;
    case 'version.activated':
      return `the new index is on: ${plural(event.data.tables, 'table')}, ${plural(event.data.columns, 'column')}`;
    case 'context.chosen':
      return `chose ${plural(event.data.tables.length, 'table')} (${formatDuration(event.data.durationMs)})`;
    case 'choice.requested':
      return `the question has ${plural(event.data.readings.length, 'reading')}`;
    case 'choice.made':
      return `taken as: ${printable(event.data.chosen)}`;
    case 'sql.generated':
      return `SQL written by ${printable(event.data.model)} (${formatDuration(event.data.durationMs)})`;
    case 'sql.refused':
      return `SQL refused: ${printable(event.data.error.message)}`;
    case 'sql.accepted':
      return 'SQL accepted by the guard';
    case 'query.started':
      return 'running the query';
    case 'query.completed':
      return `${plural(event.data.rowCount, 'row')} (${formatDuration(event.data.durationMs)})`;
    case 'answer.recorded':
      return 'answer recorded';
    case 'job.progressed':
    case 'batch.embedded':
    case 'descriptions.proposed':
    case 'job.succeeded':
    case 'job.failed':
    case 'job.cancelled':
      return undefined;
    default:
      return undefined;
  }
}

/** A line longer than the terminal would wrap, and clearing it would leave its first half behind. */
function cutColoured(text: string, columns: number | undefined): string {
  if (!columns) return text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colour codes
  const bare = text.replace(/\u001b\[\d+m/g, '');
  const cut = cutToWidth(bare, columns - 1);
  return cut === bare ? text : cut;
}
