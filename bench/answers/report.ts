import Table from 'cli-table3';
import type { Outcome } from './measure.js';

export interface ModeReport {
  mode: string;
  outcomes: Outcome[];
  tokens?: { p50: number; p95: number } | undefined;
}

export interface AnswersReport {
  comments: boolean;
  /** Gold SQL that Postgres runs and the guard refuses. */
  guardRefusals: { id: string; reason: string }[];
  /** Questions none of whose gold SQL runs: left out. */
  broken: { id: string; reason: string }[];
  modes: ModeReport[];
}

const newTable = (head: string[]): Table.Table =>
  new Table({ head, style: { head: [], border: [], compact: true } });
const isRight = ({ verdict }: Outcome): boolean => verdict === 'same' || verdict === 'more';
const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export function printReport(report: AnswersReport): void {
  const print = (text: string) => process.stdout.write(`${text}\n`);
  for (const { mode, outcomes, tokens } of report.modes) {
    const answerable = outcomes.filter((outcome) => outcome.answerable);
    const isScripted = mode === 'ceiling' || mode === 'faults';
    print(`\n${mode}`);
    print((isScripted ? scriptedTable(answerable) : coverageTable(answerable)).toString());
    if (mode === 'faults') print(faultTable(answerable).toString());
    const unanswerable = outcomes.filter((outcome) => !outcome.answerable);
    if (unanswerable.length > 0) print(unanswerableTable(unanswerable).toString());
    const vacuous = answerable.filter((outcome) => isRight(outcome) && outcome.isVacuous).length;
    if (vacuous > 0) print(`${vacuous} of the right ones have no rows or only empty cells, as the gold has.`);
    const more = answerable.filter(({ verdict }) => verdict === 'more').length;
    if (more > 0)
      print(`${more} of the right ones have columns besides those of the gold (keys, names, counts).`);
    if (tokens) print(`tokens of a prompt: p50 ${tokens.p50}, p95 ${tokens.p95} (aim: under 4000)`);
  }
  print(`\ngold refused by the guard: ${report.guardRefusals.length} (aim: 0)`);
  for (const { id, reason } of report.guardRefusals) print(`  ${id}: ${reason}`);
  if (report.broken.length > 0) print(`left out, no gold of theirs runs: ${report.broken.length}`);
  for (const { id, reason } of report.broken) print(`  ${id}: ${reason}`);
}

function groupBy(outcomes: readonly Outcome[], keyOf: (outcome: Outcome) => string): Map<string, Outcome[]> {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes)
    groups.set(keyOf(outcome), [...(groups.get(keyOf(outcome)) ?? []), outcome]);
  return groups;
}

function byCategory(outcomes: readonly Outcome[]): [string, Outcome[]][] {
  const groups = groupBy(outcomes, ({ category }) => category);
  return [...[...groups].sort(([a], [b]) => (a < b ? -1 : 1)), ['total', [...outcomes]]];
}

function scriptedTable(outcomes: readonly Outcome[]): Table.Table {
  const table = newTable(['category', 'questions', 'right', 'share', 'repaired']);
  for (const [category, members] of byCategory(outcomes)) {
    const right = members.filter(isRight).length;
    const repaired = members.filter((outcome) => isRight(outcome) && outcome.repairs > 0).length;
    table.push([category, members.length, right, percent(right, members.length), repaired]);
  }
  return table;
}

function faultTable(outcomes: readonly Outcome[]): Table.Table {
  const table = newTable(['fault', 'replies', 'right in the end', 'share']);
  for (const [fault, members] of groupBy(outcomes, (outcome) => outcome.fault ?? '(none fits)')) {
    const right = members.filter(isRight).length;
    table.push([fault, members.length, right, percent(right, members.length)]);
  }
  return table;
}

function coverageTable(outcomes: readonly Outcome[]): Table.Table {
  const table = newTable(['category', 'questions', 'answered', 'coverage', 'right', 'precision']);
  for (const [category, members] of byCategory(outcomes)) {
    const answered = members.filter(({ verdict }) => verdict !== 'not answered').length;
    const right = members.filter(isRight).length;
    table.push([
      category,
      members.length,
      answered,
      percent(answered, members.length),
      right,
      percent(right, answered),
    ]);
  }
  return table;
}

function unanswerableTable(outcomes: readonly Outcome[]): Table.Table {
  const table = newTable(['without an answer', 'questions', 'declined', 'share']);
  for (const [category, members] of byCategory(outcomes)) {
    const declined = members.filter(({ verdict }) => verdict === 'not answered').length;
    table.push([category, members.length, declined, percent(declined, members.length)]);
  }
  return table;
}
