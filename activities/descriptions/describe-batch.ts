import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { DescribeSchemaInput } from '../../contracts/workflows.js';
import {
  type DescriptionReply,
  loadDescriptionBatch,
  saveDescriptionReply,
} from '../../db/statements/descriptions.js';
import { appendEvent } from '../../db/statements/events.js';
import { advanceJobProgress } from '../../db/statements/jobs.js';
import { putMappings } from '../../db/statements/mappings.js';
import { readDescriptions } from '../../domain/mapping/read-descriptions.js';
import { activitySignal, callTimeMs, withHeartbeat } from '../activity-context.js';
import { assertJobRuns } from '../jobs/start-job.js';
import type { ChatProvider } from '../model/chat-provider.js';
import { chatOf, type DescriptionDeps } from './description-deps.js';

export interface DescribeBatchInput extends DescribeSchemaInput {
  batch: number;
}

export interface DescribedBatch {
  proposed: number;
  dropped: number;
}

/**
 * Has the model describe one batch, and keeps what it wrote as mappings that wait for a person. The reply is kept before it is read, so
 * that a repeated step pays nothing. A reply without one usable entry is no fault of the job: its names are asked again by the next one.
 * @throws QuaestorError `model_…`
 */
export async function describeBatch(
  deps: DescriptionDeps,
  input: DescribeBatchInput,
): Promise<DescribedBatch> {
  return await withHeartbeat(async () => {
    const { tenantId, jobId, batch, dataSourceId } = input;
    const started = performance.now();
    const { provider } = chatOf(deps);
    const stored = await deps.db.withTenant(tenantId, async (tx) => {
      await assertJobRuns(tx, jobId);
      return await loadDescriptionBatch(tx, jobId, batch);
    });
    if (!stored) throw new QuaestorError('not_found', 'The job was deleted.');
    const reply = stored.reply ?? (await ask(provider, stored.request));
    if (!stored.reply) {
      await deps.db.withTenant(tenantId, (tx) =>
        saveDescriptionReply(tx, { jobId, batch }, { model: provider.name, reply }),
      );
    }
    const read = readDescriptions(reply.text, stored.targets);
    const entries = (read?.descriptions ?? []).map((one) => ({ kind: 'description' as const, ...one }));
    const dropped = read?.dropped ?? 0;
    const proposed = await deps.db.withTenant(tenantId, async (tx) => {
      const { created } = await putMappings(tx, { dataSourceId }, entries, {
        origin: 'model',
        status: 'generated',
      });
      const event = {
        batch,
        proposed: entries.length,
        dropped,
        tokens: reply.usage.promptTokens + reply.usage.completionTokens,
        durationMs: performance.now() - started,
        ...(read ? {} : { isUnusable: true }),
      };
      // Told before: counted before.
      const isNew = await appendEvent(tx, jobId, 'descriptions.proposed', event, `described-${batch}`);
      if (isNew === undefined) return entries.length;
      const progress = await advanceJobProgress(tx, jobId, stored.targets.length);
      if (progress) await appendEvent(tx, jobId, 'job.progressed', progress);
      return created;
    });
    deps.bus.publish(jobId);
    return { proposed, dropped };
  });
}

async function ask(
  chat: ChatProvider,
  { system, user }: { system: string; user: string },
): Promise<DescriptionReply> {
  const { text, usage } = await chat.complete({
    system,
    messages: [{ role: 'user', content: user }],
    signal: activitySignal(),
    timeoutMs: callTimeMs(),
  });
  return { text, usage };
}
