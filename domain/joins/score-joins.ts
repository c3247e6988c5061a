import type { InferredJoin } from '../../contracts/schema-joins.js';
import type { JoinCandidate } from './join-candidate.js';

/** What the data says about a candidate; absent where it was not looked at. */
export interface JoinProbe {
  /** Distinct values of the near column that were looked up, and how many of them the far column has. */
  sampled: number;
  found: number;
  /** No value of the far column's sample came twice. */
  isUnique: boolean;
  /** Where it was asked: the largest near value as a share of the largest far one, and the share of the numbers up to it that come. */
  reach?: number | null;
  fill?: number | null;
}

/** Joins below this confidence are kept for people to accept, but not used. */
export const USED_CONFIDENCE = 0.6;
/** Not worth showing. */
const LEAST_CONFIDENCE = 0.4;
/** Values looked up before their agreement says much: a few small numbers are in every table. */
const TELLING_VALUES = 5;
/**
 * Small whole numbers are found in every table. Those that are few among many reach towards the newest row of their table, or leave
 * out many in between; 1 to n without a gap, far below its end, are rather the ids of a smaller table.
 */
const MIN_REACH = 0.5;
const MAX_FILL = 0.5;
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
    .map((candidate, index) => {
      const { nameScore, evidence, fromTable, fromColumns, toTable, toColumns } = candidate;
      const ends = { fromTable, fromColumns, toTable, toColumns };
      const { factor, says } = judge(probes.get(index), candidate);
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

function judge(
  probe: JoinProbe | undefined,
  { needsUnique, isWeak }: JoinCandidate,
): { factor: number; says?: string } {
  if (!probe || probe.sampled === 0) return { factor: needsUnique ? 0.7 : 0.9 };
  const { sampled, found, isUnique } = probe;
  const says = `${found} of ${sampled} values found`;
  if (!isUnique) return { factor: 0.3, says: 'the far column has values twice' };
  const share = found / sampled;
  if (share < MIN_FOUND) return { factor: share < 0.5 ? 0.2 : 0.6, says };
  const isTelling = sampled >= TELLING_VALUES;
  if (isWeak && !isTelling) return { factor: 0.9, says: `${says}, too few to tell` };
  const { reach, fill } = probe;
  if (typeof reach === 'number' && reach < MIN_REACH && (fill ?? 1) > MAX_FILL)
    return {
      factor: 0.7,
      says: `${says}, the largest of them ${Math.round(reach * 100)} % of the largest there`,
    };
  return { factor: isTelling ? 1.15 : 1, says };
}
