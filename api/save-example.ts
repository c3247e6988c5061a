import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { MAPPING_LIMITS } from '../contracts/schema-mapping.js';
import { EXAMPLE_LIMITS, type VerifiedExample } from '../contracts/verified-example.js';
import { appendAudit } from '../db/statements/audit.js';
import { putMappings } from '../db/statements/mappings.js';
import { getQuestion } from '../db/statements/questions.js';
import { listVerifiedExamples, saveVerifiedExample } from '../db/statements/verified-examples.js';
import { checkMappings } from '../domain/mapping/check-mappings.js';
import type { ApiContext } from './api-context.js';
import { loadNameBook } from './load-name-book.js';

/**
 * Makes the answer of a question an example of its data source's mapping, with what its SQL gave, verified by the caller. Saving
 * again under the same words replaces SQL and result.
 * @throws QuaestorError `not_found`, `conflict` for a question without an answer, or when there are too many examples.
 */
export async function saveExample(
  deps: ApiContext,
  { caller, questionId, words }: { caller: Caller; questionId: string; words: string | undefined },
): Promise<VerifiedExample> {
  return await deps.db.withTenant(caller.tenantId, async (tx) => {
    const found = await getQuestion(tx, questionId);
    if (!found) throw new QuaestorError('not_found', 'There is no question with this id.');
    const { answer, dataSourceId, status } = found;
    if (!answer) {
      throw new QuaestorError('conflict', `The question has no answer to verify: it is ${status}.`, {
        details: { status },
      });
    }
    if (dataSourceId === null) {
      throw new QuaestorError('conflict', 'Only answers from a data source can be verified examples.');
    }
    const question = words ?? found.text;
    if (question.length > MAPPING_LIMITS.nameChars) {
      throw new QuaestorError(
        'invalid_request',
        `body.question: the words of an example have at most ${MAPPING_LIMITS.nameChars} characters, and the question has ${question.length}; give it shorter ones.`,
      );
    }
    const given = { kind: 'example', question, sql: answer.sql } as const;
    const { entries } = checkMappings([given], await loadNameBook(tx, dataSourceId, []));
    await putMappings(tx, dataSourceId, entries, { origin: 'answer' });
    const examples = await listVerifiedExamples(tx, dataSourceId, EXAMPLE_LIMITS.examples + 1);
    const isNew = !examples.some((example) => example.question === question);
    if (isNew && examples.length >= EXAMPLE_LIMITS.examples) {
      throw new QuaestorError(
        'conflict',
        `The data source has ${EXAMPLE_LIMITS.examples} verified examples, which is the limit.`,
      );
    }
    const { columns, rowCount, sql } = answer;
    const rowsOf = found.cachedFrom ?? found.id;
    const userId = caller.userId;
    await saveVerifiedExample(tx, {
      ...{ dataSourceId, question, questionId, rowsOf, userId, sql, columns, rowCount },
    });
    await appendAudit(tx, {
      userId,
      action: 'answer.verified',
      subjectId: questionId,
      data: { dataSourceId, question, sql },
    });
    const saved = await listVerifiedExamples(tx, dataSourceId, EXAMPLE_LIMITS.examples);
    return saved.find((example) => example.question === question)!;
  });
}
