/** One text to be found, by weighted fields: a term in a field of weight 3 counts as three. */
export interface RankedText {
  id: string;
  fields: readonly { terms: readonly string[]; weight: number }[];
}

const K1 = 1.2;
const B = 0.75;

interface Posting {
  document: number;
  frequency: number;
}

/**
 * BM25 over fields (Robertson, Zaragoza, Taylor 2004: "Simple BM25 extension to multiple weighted fields"): term frequencies
 * are weighted and summed over the fields before they saturate. k1 = 1.2, b = 0.75; idf as in Lucene, never negative.
 */
export class Bm25Index {
  readonly #ids: string[] = [];
  readonly #lengths: number[] = [];
  readonly #postings = new Map<string, Posting[]>();
  readonly #averageLength: number;

  constructor(texts: Iterable<RankedText>) {
    for (const text of texts) this.#add(text);
    this.#averageLength =
      this.#lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, this.#lengths.length);
  }

  /** Texts that share a term with the query, best first; equal scores by id. */
  search(terms: readonly string[], limit: number): { id: string; score: number; terms: string[] }[] {
    const scores = new Map<number, { score: number; terms: string[] }>();
    for (const term of new Set(terms)) {
      const postings = this.#postings.get(term);
      if (!postings) continue;
      const idf = Math.log(1 + (this.#ids.length - postings.length + 0.5) / (postings.length + 0.5));
      for (const { document, frequency } of postings) {
        const norm = 1 - B + (B * this.#lengths[document]!) / (this.#averageLength || 1);
        const found = scores.get(document) ?? { score: 0, terms: [] };
        found.score += (idf * frequency * (K1 + 1)) / (frequency + K1 * norm);
        found.terms.push(term);
        scores.set(document, found);
      }
    }
    return [...scores]
      .map(([document, found]) => ({ id: this.#ids[document]!, ...found }))
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }

  #add(text: RankedText): void {
    const document = this.#ids.push(text.id) - 1;
    const frequencies = new Map<string, number>();
    let length = 0;
    for (const { terms, weight } of text.fields) {
      length += terms.length * weight;
      for (const term of terms) frequencies.set(term, (frequencies.get(term) ?? 0) + weight);
    }
    this.#lengths.push(length);
    for (const [term, frequency] of frequencies) {
      const postings = this.#postings.get(term);
      if (postings) postings.push({ document, frequency });
      else this.#postings.set(term, [{ document, frequency }]);
    }
  }
}
