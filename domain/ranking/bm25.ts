/** One text to be found, by fields; every text has the same fields in the same order. */
export interface RankedText {
  id: string;
  fields: readonly (readonly string[])[];
}

/** How much a term in a field counts, and how much a field's length takes away (0 nothing, 1 all that it is longer than usual). */
export interface FieldWeight {
  weight: number;
  lengthShare: number;
}

/** Saturation: higher than the usual 1.2 of one plain field, because weights stretch the frequencies (a table's name alone has 4). */
const K1 = 2;

interface Posting {
  document: number;
  frequency: number;
}

export interface Bm25Hit {
  id: string;
  score: number;
  /** Terms of the query that the text has, in the order of the query. */
  terms: string[];
}

/**
 * BM25F (Zaragoza et al. 2004; Robertson and Zaragoza 2009): a term's frequency is divided by the length of its own field, weighted,
 * summed over the fields, and only then saturates. Of a term that is repeated within a field one counts: a table with fifty columns
 * named `…_score` is not fifty times about scores. idf as in Lucene, never negative.
 */
export class Bm25Index {
  readonly #ids: string[] = [];
  readonly #postings = new Map<string, Posting[]>();

  private constructor() {}

  /** In small steps: thousands of texts take a good part of a second. */
  static *inSteps(texts: readonly RankedText[], weights: readonly FieldWeight[]): Generator<void, Bm25Index> {
    const index = new Bm25Index();
    const sums = weights.map(() => ({ texts: 0, terms: 0 }));
    const distinct: ReadonlySet<string>[][] = [];
    for (const { fields } of texts) {
      yield;
      const sets = weights.map((_, field) => new Set(fields[field]));
      for (const [field, { size }] of sets.entries()) {
        if (size === 0) continue;
        sums[field]!.texts += 1;
        sums[field]!.terms += size;
      }
      distinct.push(sets);
    }
    const average = sums.map(({ texts, terms }) => terms / Math.max(1, texts));
    for (const [place, { id }] of texts.entries()) {
      yield;
      index.#add(id, distinct[place]!, weights, average);
    }
    return index;
  }

  has(term: string): boolean {
    return this.#postings.has(term);
  }

  /** Texts that share a term with the query (terms with their weights, usually 1), best first; equal scores by id. */
  search(query: ReadonlyMap<string, number>): Bm25Hit[] {
    const hits = new Map<number, Bm25Hit>();
    for (const [term, weight] of query) {
      const postings = this.#postings.get(term);
      if (!postings) continue;
      const idf = Math.log(1 + (this.#ids.length - postings.length + 0.5) / (postings.length + 0.5));
      for (const { document, frequency } of postings) {
        const score = (weight * idf * frequency * (K1 + 1)) / (frequency + K1);
        const hit = hits.get(document);
        if (hit) {
          hit.score += score;
          hit.terms.push(term);
        } else hits.set(document, { id: this.#ids[document]!, score, terms: [term] });
      }
    }
    return [...hits.values()].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  }

  #add(
    id: string,
    fields: readonly ReadonlySet<string>[],
    weights: readonly FieldWeight[],
    average: readonly number[],
  ): void {
    const document = this.#ids.push(id) - 1;
    const frequencies = new Map<string, number>();
    for (const [field, { weight, lengthShare }] of weights.entries()) {
      const terms = fields[field]!;
      const norm = 1 - lengthShare + (lengthShare * terms.size) / (average[field] || 1);
      for (const term of terms) frequencies.set(term, (frequencies.get(term) ?? 0) + weight / norm);
    }
    for (const [term, frequency] of frequencies) {
      const postings = this.#postings.get(term);
      if (postings) postings.push({ document, frequency });
      else this.#postings.set(term, [{ document, frequency }]);
    }
  }
}
