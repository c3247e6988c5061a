import type { Problem } from '../cli-error.js';
import type { Colors } from './colors.js';
import { printable, printableLines } from './text.js';

/** What went wrong, in which words, and what can be done about it. */
export function renderProblem(problem: Problem, colors: Colors): string {
  const marks = [problem.code, problem.requestId && `request ${problem.requestId}`]
    .filter(Boolean)
    .join(', ');
  const lines = [
    `${colors.red('✖')} ${colors.bold(printable(problem.title))}${marks && colors.dim(` (${printable(marks)})`)}`,
  ];
  if (problem.detail && problem.detail !== problem.title) lines.push(indent(printableLines(problem.detail)));
  for (const field of fieldsOf(problem)) lines.push(indent(`- ${printable(field)}`));
  if (problem.wayOut) lines.push(indent(`${colors.cyan('→')} ${printableLines(problem.wayOut)}`));
  return lines.join('\n');
}

const indent = (text: string): string => text.replace(/^/gm, '  ');

/**
 * Faults of single fields beyond the first, which is in the detail (`details.issues: [{ field, message }]`), and the readings of a
 * question (`details.readings`).
 */
function fieldsOf(problem: Problem): string[] {
  const { issues, readings } = (problem['details'] ?? {}) as { issues?: unknown; readings?: unknown };
  if (Array.isArray(readings)) return readings.map(String);
  if (!Array.isArray(issues)) return [];
  return issues
    .slice(1)
    .map((issue: { field?: unknown; message?: unknown }) => `${issue?.field}: ${issue?.message}`);
}
