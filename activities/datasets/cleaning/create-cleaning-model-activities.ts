import { v7 as uuidv7 } from 'uuid';
import { CLEANING_LIMITS, type CleaningPlan, type PlannedStep } from '../../../contracts/cleaning.js';
import { type ErrorRecord, errorRecord } from '../../../contracts/quaestor-error.js';
import type { PlanCleaningInput } from '../../../contracts/workflows.js';
import {
  getPlanEvidence,
  keepPlanReply,
  type PlanReply,
  saveModelProposals,
} from '../../../db/statements/cleaning.js';
import { checkRecipe } from '../../../domain/cleaning/check-recipe.js';
import { buildCleaningPrompt } from '../../../domain/cleaning/model/build-cleaning-prompt.js';
import type { CleaningEvidence } from '../../../domain/cleaning/model/cleaning-evidence.js';
import { extractProposals } from '../../../domain/cleaning/model/extract-proposals.js';
import { withoutLinks } from '../../../domain/prompt/without-links.js';
import { cleaningStepSchema } from '../../../platform/cleaning-schema.js';
import { activitySignal, callTimeMs, withHeartbeat } from '../../activity-context.js';
import type { ChatProvider } from '../../model/chat-provider.js';
import type { TenantStore } from '../../patient-store.js';
import { planOfJob } from './plan-of-job.js';

export interface CleaningModelDeps {
  db: TenantStore;
  /** Absent where there is only the built-in model, which proposes nothing. */
  chat: ChatProvider | undefined;
}

export type CleaningModelActivities = ReturnType<typeof createCleaningModelActivities>;

const REASON_CHARS = 300;

/** Proposals by a language model; queue `generation`. */
export function createCleaningModelActivities(deps: CleaningModelDeps) {
  return {
    /**
     * Asks the model once for more steps, whatever breaks after its reply. What it says is checked as what a person sends, against the columns as the steps before leave
     * them; what does not fit is told and left out.
     * @throws QuaestorError `model_…`
     */
    proposeByModel: (input: PlanCleaningInput) => withHeartbeat(() => proposeByModel(deps, input)),
  };
}

async function proposeByModel(deps: CleaningModelDeps, input: PlanCleaningInput): Promise<void> {
  const { db } = deps;
  const { plan, version, asked } = await db.withTenant(input.tenantId, async (tx) => ({
    ...(await planOfJob(tx, input)),
    asked: await getPlanEvidence<CleaningEvidence>(tx, input.planId),
  }));
  if (!asked) return;
  const reply = asked.reply ?? (await ask(deps, input, asked.evidence));
  if (!reply) return;
  const proposed = checkProposals(reply.text, plan.steps, version.columns);
  await db.withTenant(input.tenantId, (tx) =>
    saveModelProposals(tx, input.planId, {
      steps: proposed.steps,
      model: {
        name: reply.name,
        proposed: proposed.steps.length,
        refused: proposed.refused,
        ...(proposed.error ? { error: proposed.error } : {}),
      },
    }),
  );
}

/** The reply is in the store before it is read, so that no attempt pays for it again. */
async function ask(
  { db, chat }: CleaningModelDeps,
  { tenantId, planId }: PlanCleaningInput,
  evidence: CleaningEvidence,
): Promise<PlanReply | undefined> {
  if (!chat) return undefined;
  const { system, user } = buildCleaningPrompt(evidence);
  const messages = [{ role: 'user' as const, content: user }];
  const { text } = await chat.complete({
    system,
    messages,
    signal: activitySignal(),
    timeoutMs: callTimeMs(),
  });
  const reply = { name: chat.name, text };
  await db.withTenant(tenantId, (tx) => keepPlanReply(tx, planId, reply));
  return reply;
}

interface CheckedProposals {
  steps: PlannedStep[];
  refused: NonNullable<CleaningPlan['model']>['refused'];
  error?: ErrorRecord;
}

function checkProposals(
  reply: string,
  before: readonly PlannedStep[],
  columns: readonly { name: string; type: string }[],
): CheckedProposals {
  const items = extractProposals(reply);
  if (!items) {
    return {
      steps: [],
      refused: [],
      error: errorRecord('model_answer_unusable', 'The model’s reply holds no list of steps.'),
    };
  }
  const checked: CheckedProposals = { steps: [], refused: [] };
  const known = new Set(before.map(({ step }) => JSON.stringify(step)));
  // The choices of the rules may be left out, so the model's steps have to fit without them.
  const sure = before.filter(({ recommended }) => recommended).map(({ step }) => step);
  for (const item of items.slice(0, CLEANING_LIMITS.modelSteps)) {
    const { step, reason } = (typeof item === 'object' && item !== null ? item : {}) as {
      step?: unknown;
      reason?: unknown;
    };
    const refuse = (message: string): void => {
      checked.refused.push({
        step: withoutLinks(JSON.stringify(step ?? item)).slice(0, REASON_CHARS),
        message,
      });
    };
    const parsed = cleaningStepSchema.safeParse(step);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      refuse(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is no step'}`.trim());
      continue;
    }
    if (known.has(JSON.stringify(parsed.data))) continue;
    const steps = [...sure, ...checked.steps.map((each) => each.step), parsed.data];
    const problem = checkRecipe(steps, columns).problems.find((each) => each.step === steps.length - 1);
    if (problem) {
      refuse(problem.message);
      continue;
    }
    checked.steps.push({
      id: uuidv7(),
      step: parsed.data,
      status: 'proposed',
      origin: 'model',
      reason:
        withoutLinks(typeof reason === 'string' ? reason : '').slice(0, REASON_CHARS) ||
        'Proposed by the model.',
      // A model's word is never accepted with all others.
      recommended: false,
    });
  }
  return checked;
}
