import { createPostgresConnector } from '../../activities/data-sources/postgres/postgres-connector.js';
import type { SampledValues, SchemaContext } from '../../contracts/schema-registry.js';
import { findJoinCandidates } from '../../domain/joins/find-join-candidates.js';
import { type JoinProbe, scoreJoins } from '../../domain/joins/score-joins.js';
import { usedKeys } from '../../domain/joins/used-joins.js';
import { introspect } from '../retrieval/load-warehouse.js';

/** What indexing finds out about a database: its tables, the joins that questions use, and the sampled values. */
export async function indexDatabase(
  connectionString: string,
): Promise<{ schema: SchemaContext; values: SampledValues }> {
  const { tables, foreignKeys } = await introspect(connectionString);
  const candidates = findJoinCandidates(tables, foreignKeys);
  const probes = new Map<number, JoinProbe>();
  const values: Record<string, readonly string[]> = {};
  const connector = createPostgresConnector();
  try {
    await connector.withSampler(
      { connectionString, signal: new AbortController().signal },
      async ({ probeJoin, sampleTable }) => {
        for (const [index, candidate] of candidates.entries())
          probes.set(index, await probeJoin!(candidate, { withReach: candidate.needsReach === true }));
        for (const table of tables) Object.assign(values, (await sampleTable(table))?.values);
      },
    );
  } finally {
    await connector.close();
  }
  const keys = usedKeys(foreignKeys, scoreJoins(candidates, probes), []);
  return { schema: { tables, foreignKeys: keys }, values };
}
