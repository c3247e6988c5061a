import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { PlannedStep } from '../../../contracts/cleaning.js';
import type { PlanCleaningInput } from '../../../contracts/workflows.js';
import {
  findCachedProposals,
  saveCachedProposals,
  saveProposals,
  type VersionFacts,
} from '../../../db/statements/cleaning.js';
import { findWholeProfile } from '../../../db/statements/dataset-profiles.js';
import { cleaningEvidence } from '../../../domain/cleaning/model/cleaning-evidence.js';
import { proposeSteps, RULES_VERSION } from '../../../domain/cleaning/propose-steps.js';
import type { RuleInput } from '../../../domain/cleaning/rules/rule.js';
import { activitySignal } from '../../activity-context.js';
import type { DatasetDeps } from '../dataset-deps.js';
import { toDatasetError } from '../dataset-failure.js';
import { profileParquet } from '../profile/profile-parquet.js';
import { queryRowsOfSession } from '../profile/query-rows-of-session.js';
import { finishPlan } from './finish-plan.js';
import { planOfJob } from './plan-of-job.js';

/** Puts the proposals of the rules into a plan; those of the last hour for the same content whole, with their previews. */
export async function proposePlan(
  deps: DatasetDeps,
  input: PlanCleaningInput,
): Promise<{ isCached: boolean }> {
  const began = Date.now();
  const found = await deps.db.withTenant(input.tenantId, async (tx) => {
    const { version } = await planOfJob(tx, input);
    const cacheKey = cacheKeyOf(version, input.modelName ?? null);
    const cached = await findCachedProposals(tx, cacheKey);
    if (!cached) return { version, cacheKey };
    await saveCachedProposals(tx, input.planId, cached);
    await finishPlan(tx, input, { steps: cached.steps, isCached: true, durationMs: Date.now() - began });
    return undefined;
  });
  if (!found) {
    deps.bus.publish(input.jobId);
    return { isCached: true };
  }
  const profile = await profileOf(deps, input, found.version);
  const { proposals, unhandled } = proposeSteps(profile);
  const steps = proposals.map(
    ({ step, reason, recommended }): PlannedStep => ({
      id: uuidv7(),
      step,
      status: 'proposed',
      origin: 'rule',
      reason,
      recommended,
    }),
  );
  const evidence = input.modelName === undefined ? null : cleaningEvidence(profile, steps);
  await deps.db.withTenant(input.tenantId, (tx) =>
    saveProposals(tx, input.planId, { steps, unhandled, evidence, cacheKey: found.cacheKey }),
  );
  return { isCached: false };
}

const cacheKeyOf = ({ contentKey }: VersionFacts, modelName: string | null): string =>
  createHash('sha256')
    .update(JSON.stringify([RULES_VERSION, contentKey, modelName]))
    .digest('hex');

/** The stored profile where there is one; it begins by itself after a reading. */
async function profileOf(
  deps: DatasetDeps,
  { tenantId, datasetId }: PlanCleaningInput,
  version: VersionFacts,
): Promise<RuleInput['profile']> {
  const stored = await deps.db.withTenant(tenantId, (tx) => findWholeProfile(tx, version.id));
  if (stored) return stored;
  const signal = activitySignal();
  try {
    return await deps.files.withVersion({ tenantId, datasetId, versionId: version.id }, signal, (folder) =>
      deps.pool.withSession({ timeoutMs: deps.timeoutMs, signal }, (session) =>
        profileParquet({
          query: queryRowsOfSession(session),
          path: join(folder, 'data.parquet'),
          rejectsPath: join(folder, 'rejects.parquet'),
        }),
      ),
    );
  } catch (error) {
    throw toDatasetError(error);
  }
}
