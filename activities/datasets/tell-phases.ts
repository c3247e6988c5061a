import type { WorkflowScope } from '../../contracts/workflows.js';
import { appendEvent } from '../../db/statements/events.js';
import { setJobProgress } from '../../db/statements/jobs.js';
import type { DatasetDeps } from './dataset-deps.js';

export interface PhaseTeller<Phase extends string> {
  phase(phase: Phase): void;
  /** Waits until all is written. */
  done(): Promise<void>;
}

/** Tells each phase once; the writes follow each other and are awaited at the end. */
export function tellPhases<Phase extends string>(
  deps: DatasetDeps,
  input: WorkflowScope,
): PhaseTeller<Phase> {
  let telling: Promise<void> = Promise.resolve();
  const write = async (phase: Phase): Promise<void> => {
    const progress = { phase, done: 0, unit: 'files', startedAt: new Date().toISOString() };
    await deps.db.withTenant(input.tenantId, async (tx) => {
      await setJobProgress(tx, input.jobId, progress);
      await appendEvent(tx, input.jobId, 'job.progressed', progress, `phase-${phase}`);
    });
    deps.bus.publish(input.jobId);
  };
  return {
    phase: (phase: Phase): void => {
      telling = telling.then(() => write(phase));
      // Awaited in done(); until then a refusal of the store is nobody's unhandled rejection.
      telling.catch(() => undefined);
    },
    done: async (): Promise<void> => await telling,
  };
}
