import type { InferredJoin } from '../../contracts/schema-joins.js';
import type { JoinCandidate } from './find-join-candidates.js';

/** What the data says about a candidate; absent where it was not looked at. */
export interface JoinProbe {
  /** Distinct values of the near column that were looked up, and how many of them the far column has. */
  sampled: number;
  found: number;
  /** No value of the far column's sample came twice. */
  isUnique: boolean;
}

/** Joins below this confidence are kept for people to accept, but not used. */
export const USED_CONFIDENCE = 0.6;
/** Not worth showing. */
const LEAST_CONFIDENCE = 0.4;
/** Values looked up before their agreement says much: a few small numbers are in every table. */
const TELLING_VALUES = 5;
/** Share of values that must be found; the rest may be dirt or deleted rows. */
const MIN_FOUND = 0.9;

/**
 * Puts names and data together: values that are not found, or a far column that is no key, speak against a join; agreement raises what
 * the names say, but never makes a join of names that say little. Without data the names must be enough, and a far column that is
 * no declared key is not believed.
 * @param probes by the place of the candidate
 */
export function scoreJoins(
  candidates: readonly JoinCandidate[],
  probes: ReadonlyMap<number, JoinProbe>,
): InferredJoin[] {
  return candidates
    .map(({ nameScore, needsUnique, evidence, ...ends }, index) => {
      const probe = probes.get(index);
      const { factor, says } = judge(probe, needsUnique);
      const confidence = Math.min(0.99, nameScore * factor);
      return {
        ...ends,
        confidence: Math.round(confidence * 100) / 100,
        evidence: says ? [...evidence, says] : evidence,
      };
    })
    .filter(({ confidence }) => confidence >= LEAST_CONFIDENCE)
    .sort((a, b) => b.confidence - a.confidence);
}

function judge(probe: JoinProbe | undefined, needsUnique: boolean): { factor: number; says?: string } {
  if (!probe || probe.sampled === 0) return { factor: needsUnique ? 0.7 : 0.9 };
  const { sampled, found, isUnique } = probe;
  const says = `${found} of ${sampled} values found`;
  if (!isUnique) return { factor: 0.3, says: 'the far column has values twice' };
  const share = found / sampled;
  if (share < MIN_FOUND) return { factor: share < 0.5 ? 0.2 : 0.6, says };
  return { factor: sampled >= TELLING_VALUES ? 1.15 : 1, says };
}
