import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { Cell } from '../../contracts/question.js';
import { getResultPage } from '../../db/statements/answers.js';
import { getQuestion } from '../../db/statements/questions.js';
import type { Result } from '../../domain/result/result-shape.js';
import type { TenantStore } from '../patient-store.js';

/** All kept rows of an answered question. @throws QuaestorError `not_found` when it has none any more. */
export async function readResult(
  db: TenantStore,
  tenantId: string,
  questionId: string,
  signal: AbortSignal,
): Promise<Result> {
  const question = await db.withTenant(tenantId, (tx) => getQuestion(tx, questionId));
  if (!question?.answer) throw new QuaestorError('not_found', 'The question has no rows any more.');
  const { columns, truncated } = question.answer;
  const rows: Cell[][] = [];
  for (let page = 0; ; page += 1) {
    signal.throwIfAborted();
    const found = await db.withTenant(tenantId, (tx) =>
      getResultPage(tx, question.cachedFrom ?? questionId, page),
    );
    rows.push(...(found?.rows ?? []));
    if (!found?.hasNext) return { columns, rows, truncated };
  }
}
