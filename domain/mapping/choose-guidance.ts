import type { Guidance, MappingContent } from '../../contracts/schema-mapping.js';
import { toTerms } from '../ranking/question-terms.js';

/** Examples that go with one question. */
const MAX_EXAMPLES = 3;
const MAX_METRICS = 12;
/** Words that an example's question must share with the question, of both together, to be worth its tokens. */
const MIN_LIKENESS = 0.2;

/**
 * What people say that goes with a question: all instructions; metrics over the chosen tables, those that the question names first; and
 * the examples whose questions are most like it. Undefined when there is nothing.
 */
export function chooseGuidance(
  question: string,
  chosenTables: Iterable<string>,
  entries: readonly MappingContent[],
): Guidance | undefined {
  const asked = new Set(toTerms(question));
  const chosen = new Set(chosenTables);
  const instructions: string[] = [];
  const metrics: (Guidance['metrics'][number] & { score: number })[] = [];
  const examples: (Guidance['examples'][number] & { score: number })[] = [];
  for (const entry of entries) {
    if (entry.kind === 'instruction') instructions.push(entry.text);
    else if (entry.kind === 'metric' && entry.tables.some((table) => chosen.has(table))) {
      const { name, expression, text } = entry;
      const score = shareOf(new Set(toTerms(name)), asked);
      metrics.push({ name, expression, ...(text === undefined ? {} : { text }), score });
    } else if (entry.kind === 'example') {
      const score = likeness(new Set(toTerms(entry.question)), asked);
      const isThere = (entry.tables ?? []).every((table) => chosen.has(table));
      if (score >= MIN_LIKENESS && isThere)
        examples.push({ question: entry.question, sql: entry.sql, score });
    }
  }
  if (instructions.length + metrics.length + examples.length === 0) return undefined;
  return {
    instructions,
    metrics: best(metrics, MAX_METRICS),
    examples: best(examples, MAX_EXAMPLES),
  };
}

function best<T extends { score: number }>(list: readonly T[], count: number): Omit<T, 'score'>[] {
  const sorted = [...list].sort((a, b) => b.score - a.score).slice(0, count);
  return sorted.map(({ score: _, ...rest }) => rest);
}

const shareOf = (part: ReadonlySet<string>, whole: ReadonlySet<string>): number =>
  part.size === 0 ? 0 : [...part].filter((term) => whole.has(term)).length / part.size;

/** Jaccard. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((term) => b.has(term)).length;
  return both === 0 ? 0 : both / (a.size + b.size - both);
}
