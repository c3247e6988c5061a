import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import { takeChoice } from '../../db/statements/choices.js';
import { appendEvent } from '../../db/statements/events.js';
import { assertJobRuns } from '../jobs/start-job.js';
import type { AnswerDeps } from './answer-deps.js';

export interface TakeChoiceInput extends AnswerQuestionInput {
  round: number;
}

/** Goes on with the reading that the store says was chosen in this round. Doing it twice changes nothing. */
export async function takeReadersChoice(deps: AnswerDeps, input: TakeChoiceInput): Promise<void> {
  await deps.db.withTenant(input.tenantId, async (tx) => {
    await assertJobRuns(tx, input.jobId);
    const chosen = await takeChoice(tx, input.questionId, input.round);
    if (chosen === undefined) throw new QuaestorError('not_found', 'The reply was deleted.');
    await appendEvent(
      tx,
      input.jobId,
      'choice.made',
      { round: input.round, chosen },
      `chosen-${input.round}`,
    );
  });
  deps.bus.publish(input.jobId, 'step');
}
