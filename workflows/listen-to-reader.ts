import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { AnswerActivities } from '../activities/answers/create-answer-activities.js';
import { LIMITS } from '../contracts/limits.js';
import { type ErrorRecord, errorRecord } from '../contracts/quaestor-error.js';
import { type AnswerQuestionInput, type ChoiceMade, SIGNALS } from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';
import { enterPhase } from './job-phase.js';

const choiceMade = defineSignal<[ChoiceMade]>(SIGNALS.choiceMade);

export interface Reader {
  /** Waits until the reader has chosen; what the answer ends with when nobody does. */
  ask(tie: { readings: string[]; error: ErrorRecord }): Promise<ErrorRecord | undefined>;
}

/**
 * The reader of one question, who may be asked which reading is meant. The signal only wakes: what was chosen is in the store.
 * The wait is a timer of the engine, so it outlasts any worker.
 */
export function listenToReader(input: AnswerQuestionInput): Reader {
  const replied = new Set<number>();
  let round = 0;
  setHandler(choiceMade, (choice) => void replied.add(choice.round));
  return {
    async ask({ readings, error }) {
      if (input.ifAmbiguous === 'refuse' || round === LIMITS.choiceRounds) return error;
      round++;
      const local = localActivities<AnswerActivities>(input.queues);
      await local.askReader({ ...input, round, readings });
      enterPhase('waiting', 'The question has several readings; its reader must choose one.');
      if (!(await condition(() => replied.has(round), LIMITS.choiceWaitMs))) {
        const days = LIMITS.choiceWaitMs / 86_400_000;
        return {
          ...errorRecord('ambiguous_question', `No reading was chosen within ${days} days.`),
          details: { readings },
        };
      }
      await local.takeReadersChoice({ ...input, round });
      return undefined;
    },
  };
}
