import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { MAPPING_LIMITS } from '../contracts/schema-mapping.js';
import { EXAMPLE_LIMITS, type VerifiedExample } from '../contracts/verified-example.js';
import { appendAudit } from '../db/statements/audit.js';
import { putMappings } from '../db/statements/mappings.js';
import { getQuestion } from '../db/statements/questions.js';
import { listVerifiedExamples, saveVerifiedExample } from '../db/statements/verified-examples.js';
import type { ApiContext } from './api-context.js';
import { findExampleGround } from './find-example-ground.js';

/**
 * Makes the answer of a question a verified example, of its data source or of the datasets that its SQL reads, with what the SQL gave,
 * verified by the caller. Saving again under the same words replaces SQL and result.
 * @throws QuaestorError `not_found`; `data_source_not_indexed`; `conflict` for a question without an answer, SQL that reads the rows of another
 * answer, or when there are too many examples.
 */
export async function saveExample(
  deps: ApiContext,
  { caller, questionId, words }: { caller: Caller; questionId: string; words: string | undefined },
): Promise<VerifiedExample> {
  return await deps.db.withTenant(caller.tenantId, async (tx) => {
    const found = await getQuestion(tx, questionId);
    if (!found) throw new QuaestorError('not_found', 'There is no question with this id.');
    const { answer, status } = found;
    if (!answer) {
      throw new QuaestorError('conflict', `The question has no answer to verify: it is ${status}.`, {
        details: { status },
      });
    }
    const question = words ?? found.text;
    if (question.length > MAPPING_LIMITS.nameChars) {
      throw new QuaestorError(
        'invalid_request',
        `body.question: the words of an example have at most ${MAPPING_LIMITS.nameChars} characters, and the question has ${question.length}; give it shorter ones.`,
      );
    }
    const { columns, rowCount, sql } = answer;
    const { entries, ground, mappingGround, owners } = await findExampleGround(tx, found, { question, sql });
    await putMappings(tx, mappingGround, entries, { origin: 'answer' });
    const userId = caller.userId;
    await saveVerifiedExample(tx, {
      ...{ ground, question, questionId, userId, sql, columns, rowCount },
      rowsOf: found.cachedFrom ?? found.id,
    });
    await appendAudit(tx, {
      userId,
      action: 'answer.verified',
      subjectId: questionId,
      data: { ...mappingGround, question, sql },
    });
    let saved: VerifiedExample | undefined;
    for (const owner of owners) {
      const examples = await listVerifiedExamples(tx, owner, EXAMPLE_LIMITS.examples + 1);
      if (examples.length > EXAMPLE_LIMITS.examples) {
        throw new QuaestorError(
          'conflict',
          `${owner.datasetId === undefined ? 'The data source has' : `The dataset ${owner.datasetId} has`} ${EXAMPLE_LIMITS.examples} verified examples, which is the limit.`,
        );
      }
      saved ??= examples.find((one) => one.questionId === questionId && one.question === question);
    }
    return saved!;
  });
}
