import type { Guidance } from '../../contracts/schema-mapping.js';
import { untrustedBlock } from './untrusted-text.js';

const LINE_CHARS = 2_000;
const SQL_CHARS = 4_000;

/**
 * The parts of a guidance as the prompt has them, as many entries as the budget holds, in their order; an entry that does not fit ends
 * its part. A part without entries is left out.
 */
export function fitGuidance(
  guidance: Guidance | undefined,
  tokenBudget: number,
  countTokens: (text: string) => number,
): { kind: string; text: string }[] {
  if (!guidance) return [];
  const parts = [
    { kind: 'instructions', entries: guidance.instructions.map((text) => `- ${line(text)}`) },
    {
      kind: 'metrics',
      entries: guidance.metrics.map(
        ({ name, expression, text }) =>
          `${line(name)} = ${line(expression)}${text ? ` -- ${line(text)}` : ''}`,
      ),
    },
    {
      kind: 'examples',
      entries: guidance.examples.map(
        ({ question, sql }) => `-- ${line(question)}\n${untrustedBlock(sql.trim(), SQL_CHARS)}\n`,
      ),
    },
  ];
  let left = tokenBudget;
  return parts.flatMap(({ kind, entries }) => {
    const kept: string[] = [];
    for (const entry of entries) {
      const tokens = countTokens(`${entry}\n`);
      if (tokens > left) break;
      left -= tokens;
      kept.push(entry);
    }
    return kept.length > 0 ? [{ kind, text: kept.join('\n') }] : [];
  });
}

/** One line whose `<` and `>` stay: an expression compares. That it cannot close its channel is the boundary's doing. */
const line = (text: string): string => untrustedBlock(text, LINE_CHARS).replace(/\s+/g, ' ').trim();
