import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import { requestChoice } from '../../db/statements/choices.js';
import { appendEvent } from '../../db/statements/events.js';
import { assertJobRuns } from '../jobs/start-job.js';
import type { AnswerDeps } from './answer-deps.js';

export interface AskReaderInput extends AnswerQuestionInput {
  /** 1 for the first time. */
  round: number;
  readings: string[];
}

/** Shows the reader the readings, and has the question wait. Doing it twice changes nothing. */
export async function askReader(deps: AnswerDeps, input: AskReaderInput): Promise<void> {
  const { questionId, round, readings } = input;
  await deps.db.withTenant(input.tenantId, async (tx) => {
    await assertJobRuns(tx, input.jobId);
    await requestChoice(tx, questionId, { round, readings });
    await appendEvent(
      tx,
      input.jobId,
      'choice.requested',
      { questionId, round, readings },
      `requested-${round}`,
    );
  });
  deps.bus.publish(input.jobId);
}
