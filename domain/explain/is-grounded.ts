import type { Cell } from '../../contracts/question.js';
import { canonicalDecimal } from '../result/compare-decimals.js';
import { columnLabel } from '../result/label.js';
import { readMoment } from '../result/moment.js';
import type { Result } from '../result/result-shape.js';
import { roundDecimal } from '../result/round-decimal.js';

const NUMBER = /(\babout )?([-−]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)/gi;
const HAS_DIGIT = /\d/;
const ONLY_NUMBER = /^[+-]?[\d.]+(e[+-]?\d+)?$/i;

/**
 * Whether every number in a text is a cell of the result, digit for digit; thousands may be grouped by commas. A number after the
 * word "about" may also be a cell rounded to the decimals shown, two at least. Digits inside the result's own texts (`Zone 3`, dates, names of columns) are no numbers of their own. What a model says of a result is
 * shown only if this holds.
 */
export function isGrounded(text: string, { columns, rows }: Pick<Result, 'columns' | 'rows'>): boolean {
  const numbers = new Set<string>();
  const texts = new Set<string>();
  const add = (cell: Cell): void => {
    if (cell === null || typeof cell === 'boolean') return;
    const own = String(cell);
    if (!HAS_DIGIT.test(own)) return;
    if (ONLY_NUMBER.test(own)) numbers.add(canonicalDecimal(own) ?? own);
    else if (text.includes(own)) texts.add(own);
    else if (readMoment(own)) for (const length of [10, 7, 4]) texts.add(own.slice(0, length));
  };
  for (const row of rows) for (const cell of row) add(cell);
  for (const { name } of columns)
    for (const own of [name, columnLabel(name)]) if (HAS_DIGIT.test(own)) texts.add(own);
  let rest = text;
  for (const own of [...texts].sort((a, b) => b.length - a.length)) rest = rest.replaceAll(own, ' ');
  return [...rest.matchAll(NUMBER)].every(([, about, found = '']) => {
    const plain = found.replaceAll(',', '').replace('−', '-');
    const canonical = canonicalDecimal(plain) ?? plain;
    if (about && isRounded(plain, numbers)) return true;
    // A dash may be a hyphen: "grew by 5-10".
    return numbers.has(canonical) || (canonical.startsWith('-') && numbers.has(canonical.slice(1)));
  });
}

function isRounded(shown: string, numbers: ReadonlySet<string>): boolean {
  const decimals = shown.split('.')[1]?.length ?? 0;
  return decimals >= 2 && [...numbers].some((number) => roundDecimal(number, decimals) === shown);
}
