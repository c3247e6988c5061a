import type { InferredJoin, JoinDecision, JoinEnds, SchemaJoin } from '../../contracts/schema-joins.js';
import type { ForeignKey } from '../../contracts/schema-registry.js';
import { USED_CONFIDENCE } from './score-joins.js';

type Decided = JoinEnds & { decision: JoinDecision };

/** Two spellings of one join are one: which end comes first in a list of columns does not matter, which end points does. */
export const joinName = ({ fromTable, fromColumns, toTable, toColumns }: JoinEnds): string =>
  JSON.stringify([fromTable, fromColumns, toTable, toColumns]);

/** All joins that are known, with what was decided: declared ones first, then inferred ones by confidence, then those given. */
export function knownJoins(
  declared: readonly ForeignKey[],
  inferred: readonly InferredJoin[],
  decided: readonly Decided[],
): SchemaJoin[] {
  const decisions = new Map(decided.map((join) => [joinName(join), join.decision]));
  const known = new Map<string, SchemaJoin>();
  const add = (join: JoinEnds, source: SchemaJoin['source'], confidence: number, evidence: string[]) => {
    const name = joinName(join);
    if (known.has(name)) return;
    const { fromTable, fromColumns, toTable, toColumns } = join;
    const ends = { fromTable, fromColumns, toTable, toColumns };
    known.set(name, { ...ends, source, confidence, evidence, decision: decisions.get(name) ?? null });
  };
  for (const key of declared) add(key, 'declared', 1, []);
  for (const join of inferred) add(join, 'inferred', join.confidence, join.evidence);
  for (const join of decided) add(join, 'given', 1, []);
  return [...known.values()];
}

/** Whether questions may use it: what is accepted, and unless rejected what is declared or sure enough. */
export const isUsed = ({ decision, confidence }: SchemaJoin): boolean =>
  decision === 'accepted' || (decision === null && confidence >= USED_CONFIDENCE);

/** The joins that questions use, as keys; those that the database does not declare say so. */
export function usedKeys(
  declared: readonly ForeignKey[],
  inferred: readonly InferredJoin[],
  decided: readonly Decided[],
): ForeignKey[] {
  if (inferred.length === 0 && decided.length === 0) return [...declared];
  const used = knownJoins(declared, inferred, decided).filter(isUsed);
  const names = new Set(used.map(joinName));
  const others = used.filter(({ source }) => source !== 'declared');
  return [
    ...declared.filter((key) => names.has(joinName(key))),
    ...others.map(({ fromTable, fromColumns, toTable, toColumns, source, decision }) => ({
      name: `${source}:${fromColumns.join(',')}`,
      fromTable,
      fromColumns,
      toTable,
      toColumns,
      ...(decision === 'accepted' ? {} : { isInferred: true }),
    })),
  ];
}
