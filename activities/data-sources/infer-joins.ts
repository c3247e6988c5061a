import { setImmediate } from 'node:timers/promises';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { IndexSourceInput } from '../../contracts/workflows.js';
import { appendEvent } from '../../db/statements/events.js';
import { saveInferredJoins } from '../../db/statements/registry/inferred-joins.js';
import { loadForeignKeys } from '../../db/statements/registry/schema.js';
import { findJoinCandidatesByTable } from '../../domain/joins/find-join-candidates.js';
import type { JoinCandidate } from '../../domain/joins/join-candidate.js';
import { type JoinProbe, scoreJoins, USED_CONFIDENCE } from '../../domain/joins/score-joins.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import type { ValueSampler } from './connector.js';
import type { DataSourceDeps } from './data-source-deps.js';
import { expectReturn } from './expect-return.js';
import { loadJoinTables } from './load-join-tables.js';
import { loadSourceConnection } from './source-connection.js';

export interface InferJoinsInput extends IndexSourceInput {
  versionId: string;
}

/** For all candidates together; those that are not reached by then are judged by names alone. */
const BUDGET_MS = 60_000;
/** Joins kept of one version, surest first. */
const MAX_JOINS = 10_000;

/**
 * Infers joins that no foreign key declares: candidates by names and types, held against the data with one bounded query each. What
 * cannot be looked at is judged by names; only a data source that has gone away fails the step.
 */
export async function inferJoins(deps: DataSourceDeps, input: InferJoinsInput): Promise<void> {
  await withHeartbeat(async () => {
    const started = Date.now();
    const tables = await loadJoinTables(deps, input);
    const declared = await deps.db.withTenant(input.tenantId, (tx) => loadForeignKeys(tx, input.versionId));
    const candidates: JoinCandidate[] = [];
    for (const found of findJoinCandidatesByTable(tables, declared)) {
      candidates.push(...found);
      // Heartbeats of this step and of its neighbours must get through.
      await setImmediate();
      activitySignal().throwIfAborted();
    }
    const probes = new Map<number, JoinProbe>();
    if (candidates.length > 0) {
      const { connector, connectionString } = await loadSourceConnection(
        deps,
        input.tenantId,
        input.dataSourceId,
      );
      const probeAll = async ({ probeJoin }: ValueSampler) => {
        for (const [index, candidate] of candidates.entries()) {
          if (!probeJoin || Date.now() - started > BUDGET_MS) return;
          try {
            probes.set(index, await probeJoin(candidate, { withReach: candidate.needsReach === true }));
          } catch (error) {
            const isRefusal = error instanceof QuaestorError && error.code !== 'data_source_connection_lost';
            if (!isRefusal || activitySignal().aborted) throw error;
          }
        }
      };
      await expectReturn(true, () =>
        connector.withSampler({ connectionString, signal: activitySignal() }, probeAll),
      );
    }
    const joins = scoreJoins(candidates, probes).slice(0, MAX_JOINS);
    await deps.db.withTenant(input.tenantId, async (tx) => {
      await saveInferredJoins(tx, input, joins);
      const event = {
        joins: joins.filter(({ confidence }) => confidence >= USED_CONFIDENCE).length,
        doubtful: joins.filter(({ confidence }) => confidence < USED_CONFIDENCE).length,
        probed: probes.size,
        durationMs: Date.now() - started,
      };
      await appendEvent(tx, input.jobId, 'joins.inferred', event, `joins-${input.versionId}`);
    });
    deps.bus.publish(input.jobId);
  });
}
