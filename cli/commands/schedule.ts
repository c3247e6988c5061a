import type { QuestionSchedule, ScheduledQuestion } from '../../contracts/question-schedule.js';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { plural, printable } from '../render/text.js';

export async function putSchedule(
  context: CommandContext,
  { questionId, ...schedule }: { questionId: string } & QuestionSchedule,
): Promise<ExitCode> {
  show(context, await context.client.putQuestionSchedule(questionId, schedule));
  return EXIT.ok;
}

export async function readSchedule(context: CommandContext, questionId: string): Promise<ExitCode> {
  show(context, await context.client.readQuestionSchedule(questionId));
  return EXIT.ok;
}

export async function removeSchedule(context: CommandContext, questionId: string): Promise<ExitCode> {
  await context.client.deleteQuestionSchedule(questionId);
  if (context.isJson) context.printJson({ removed: questionId });
  else context.print('The question is asked by schedule no more; its runs stay.');
  return EXIT.ok;
}

function show(context: CommandContext, scheduled: ScheduledQuestion): void {
  if (context.isJson) {
    context.printJson(scheduled);
    return;
  }
  const { cron, everyMinutes, question, timeZone = 'UTC' } = scheduled;
  const when =
    cron === undefined
      ? `every ${plural(everyMinutes ?? 0, 'minute')}`
      : `at ${printable(cron)} (${printable(timeZone)})`;
  context.print(`${printable(question)}: asked again ${when}`);
}

/** The other runs of a question: edited and scheduled ones, oldest first. */
export async function listRuns(context: CommandContext, questionId: string): Promise<ExitCode> {
  const runs = await context.client.listRuns(questionId);
  if (context.isJson) context.printJson({ runs });
  else if (runs.length === 0) context.print('The question was run once only.');
  else {
    for (const { createdAt, id, status, run, answer, error } of runs) {
      const outcome = answer ? plural(answer.rowCount, 'row') : (error?.code ?? '');
      context.print(
        `${createdAt}  ${run?.kind ?? ''}  ${status}  ${printable(outcome)}  ${context.colors.dim(id)}`,
      );
    }
  }
  return EXIT.ok;
}
