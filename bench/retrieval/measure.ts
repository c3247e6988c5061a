import type { BenchQuestion } from './load-warehouse.js';

/** Sizes of a ranking at which it is judged. */
export const CUTS = [5, 10, 20, 50] as const;

export interface Recall {
  /** Share of questions of which every needed family is among the first k. */
  strict: Record<number, number>;
  /** Share of needed families among the first k, averaged over questions. */
  recall: Record<number, number>;
}

/** Tables whose names are equal after folding digits are one family. */
export const familyOf = (table: string): string => table.toLowerCase().replace(/\d+/g, '#');

/**
 * Compares rankings with what questions need. A table whose family is in a ranking already takes a place all the same: a
 * ranking that repeats families loses by it.
 */
export function measureRecall(
  questions: readonly BenchQuestion[],
  rankings: readonly (readonly string[])[],
): Recall {
  const result: Recall = { strict: {}, recall: {} };
  for (const cut of CUTS) {
    let strict = 0;
    let recall = 0;
    for (const [index, question] of questions.entries()) {
      const needed = new Set(question.tables.map(familyOf));
      const found = new Set(rankings[index]!.slice(0, cut).map(familyOf));
      const hits = [...needed].filter((family) => found.has(family)).length;
      recall += hits / needed.size;
      if (hits === needed.size) strict += 1;
    }
    result.strict[cut] = strict / questions.length;
    result.recall[cut] = recall / questions.length;
  }
  return result;
}

/** The same questions with the needed tables of others: what a ranking scores by chance. Deterministic. */
export function shuffleGold(questions: readonly BenchQuestion[]): BenchQuestion[] {
  let state = 42;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const golds = questions.map(({ database, tables }) => ({ database, tables }));
  for (let last = golds.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [golds[last], golds[other]] = [golds[other]!, golds[last]!];
  }
  // The question's text stays, the needed tables move; those of the same database would not be chance.
  return questions.map((question, index) => {
    const others = [...golds.slice(index), ...golds.slice(0, index)];
    const other = others.find(({ database }) => database !== question.database);
    return { ...question, tables: other?.tables ?? [] };
  });
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
