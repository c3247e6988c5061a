import type { AskTarget } from '../../cli/api-client.js';
import type { Question } from '../../contracts/question.js';
import { collectEvents, type TestQuaestor } from './quaestor.js';

type Asker = Pick<TestQuaestor, 'client'>;

/** Asks datasets and results, and waits for the end. */
export async function askDatasets(
  { client }: Asker,
  target: AskTarget,
  question: string,
  conversationId?: string,
): Promise<Question> {
  const reply = await client.askQuestion({
    ...target,
    question,
    ...(conversationId ? { conversationId } : {}),
  });
  if (reply.answered) return reply.question;
  await collectEvents(client, reply.jobId);
  return await client.readQuestion(reply.questionId);
}

/** Runs SQL for a question and waits for the end. */
export async function runOnDatasets({ client }: Asker, questionId: string, sql: string): Promise<Question> {
  const { id, jobId } = await client.runSql(questionId, sql);
  await collectEvents(client, jobId);
  return await client.readQuestion(id);
}
