import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import type { Transaction } from '../../db/database.js';
import { readAskedContents } from '../../db/statements/question-tables.js';
import type { QuestionWork } from '../../db/statements/questions.js';
import { type AnswerCacheParts, answerCacheText } from '../../domain/answer-cache-key.js';
import { datasetCacheParts } from '../../domain/datasets/cache-parts.js';
import { answerCacheKey } from '../../platform/answer-cache-key.js';
import type { AnswerDeps } from './answer-deps.js';

export interface QuestionCacheKeys {
  cacheKey: Buffer;
  /** By content, for questions about datasets: the key of SQL that may be used for another upload of the same. */
  contentKey?: Buffer;
}

/** The keys under which the answer of a question is kept; `work` must have its context. */
export async function questionCacheKeys(
  deps: Pick<AnswerDeps, 'cacheLabel'>,
  tx: Transaction,
  { dataSourceId, tenantId, questionId }: AnswerQuestionInput,
  work: QuestionWork,
): Promise<QuestionCacheKeys> {
  const keyOf = (
    ground: Pick<AnswerCacheParts, 'dataSourceId' | 'versionId' | 'mappingVersion' | 'area'>,
  ): Buffer =>
    answerCacheKey(
      answerCacheText({
        tenantId,
        ...ground,
        question: work.text,
        model: deps.cacheLabel,
        chosenReadings: work.chosenReadings,
        turns: work.context?.turns ?? [],
        givenSql: work.given?.sql,
      }),
    );
  const mappingVersion = work.context?.mappingVersion ?? 0;
  if (dataSourceId !== undefined) {
    return {
      cacheKey: keyOf({ dataSourceId, versionId: work.versionId ?? '', mappingVersion, area: work.area }),
    };
  }
  const { content, exact } = datasetCacheParts(await readAskedContents(tx, questionId), {
    mappingVersion,
    examples: work.context?.guidance?.examples,
  });
  return { cacheKey: keyOf(exact), contentKey: keyOf(content) };
}
