import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One question of `questions.jsonl`. */
export interface BenchQuestion {
  id: string;
  database: string;
  question: string;
  /** Gold SQL; `;` parts alternatives, `{a, b}` is any non-empty subset of these columns. Null where there is no answer. */
  sql: string | null;
  /** What the asker says about terms and spelling, or, for questions without an answer, how a bare model should decline. */
  instructions: string | null;
  category: string;
  answerable: boolean;
}

export async function loadQuestions(folder: string): Promise<BenchQuestion[]> {
  const text = await readFile(join(folder, 'questions.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as BenchQuestion);
}

/** What is typed: with the definitions that the asker gives, as there is no glossary yet to put them in. */
export const withInstructions = ({ question, instructions, answerable }: BenchQuestion): string =>
  instructions && answerable ? `${question}\n${instructions}` : question;

/** Every SQL that is right for a question, the fullest choice of columns of each alternative first. */
export function goldVariants(sql: string): string[] {
  return split(sql, ';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap(expandBraces);
}

function expandBraces(sql: string): string[] {
  const start = sql.search(/\{\s*[^}\s]/);
  if (start < 0) return [sql];
  const end = sql.indexOf('}', start);
  const columns = split(sql.slice(start + 1, end), ',').map((column) => column.trim());
  return subsets(columns)
    .sort((a, b) => b.length - a.length)
    .flatMap((chosen) => {
      const group = chosen.map((column) => column.replace(/\s+as\s+\w+$/i, '')).join(', ');
      const rest = sql.slice(end + 1).replaceAll(/\{\s*\}/g, group);
      return expandBraces(sql.slice(0, start) + chosen.join(', ') + rest);
    });
}

const subsets = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: 2 ** items.length - 1 }, (_, n) => items.filter((_item, i) => ((n + 1) >> i) & 1));

/** Parts at a mark that stands in no quotes and no parentheses. */
function split(text: string, mark: string): string[] {
  const parts = [''];
  let depth = 0;
  let quote = '';
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === mark && depth === 0) {
      parts.push('');
      continue;
    }
    parts[parts.length - 1] += character;
  }
  return parts;
}
