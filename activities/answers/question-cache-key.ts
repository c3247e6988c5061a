import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import type { QuestionWork } from '../../db/statements/questions.js';
import { answerCacheText } from '../../domain/answer-cache-key.js';
import { answerCacheKey } from '../../platform/answer-cache-key.js';
import type { AnswerDeps } from './answer-deps.js';

/** The key under which the answer of a question is kept; `work` must have its version. */
export const questionCacheKey = (
  deps: Pick<AnswerDeps, 'cacheLabel'>,
  input: AnswerQuestionInput,
  work: QuestionWork,
): Buffer =>
  answerCacheKey(
    answerCacheText({
      tenantId: input.tenantId,
      dataSourceId: input.dataSourceId,
      versionId: work.versionId!,
      mappingVersion: work.context?.mappingVersion ?? 0,
      question: work.text,
      model: deps.cacheLabel,
      chosenReadings: work.chosenReadings,
      turns: work.context?.turns ?? [],
      givenSql: work.given?.sql,
    }),
  );
