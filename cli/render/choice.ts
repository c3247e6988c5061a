import type { Question } from '../../contracts/question.js';
import type { Colors } from './colors.js';
import { printable } from './text.js';

/** What a question can mean, numbered, and how to choose later. */
export function renderChoice({ id, choice }: Question, colors: Colors): string {
  return [
    readingLines(choice?.readings ?? [], colors),
    `${colors.cyan('→')} Choose one: quaestor reply ${id} NUMBER (or what you mean, in your own words)`,
  ].join('\n');
}

export const readingLines = (readings: readonly string[], colors: Colors): string =>
  [
    colors.bold('The question can be read in several ways:'),
    ...readings.map((reading, index) => `  ${index + 1}. ${printable(reading)}`),
  ].join('\n');
