import type { EarlierTurn } from '../contracts/question.js';

/** All that an answer depends on; two questions with equal parts may share an answer for the cache's time. */
export interface AnswerCacheParts {
  tenantId: string;
  dataSourceId: string;
  /** The registry version that was active. */
  versionId: string;
  /** Edition of the schema mappings (MappingSet.version). */
  mappingVersion: number;
  /** Name of the subject area that the question keeps to; upper and lower case are the same. */
  area?: string | undefined;
  question: string;
  /** Which model writes the SQL (platform/answer-cache-key.ts, modelCacheLabel). */
  model: string;
  /** What the reader chose or said besides the question; empty and absent are the same. */
  chosenReadings?: readonly string[];
  /** The conversation before it; empty and absent are the same. */
  turns?: readonly EarlierTurn[];
  /** SQL that a person wrote: such an answer is nobody else's. */
  givenSql?: string | undefined;
}

/** One text for all spellings that mean the same; hashed, it is the key of the answer cache. */
export const answerCacheText = (parts: AnswerCacheParts): string =>
  JSON.stringify([
    'v2',
    parts.tenantId,
    parts.dataSourceId,
    parts.versionId,
    parts.mappingVersion,
    parts.model,
    normaliseQuestion(parts.question),
    ...(parts.area === undefined ? [] : [{ area: parts.area.toLowerCase() }]),
    ...(parts.chosenReadings?.length ? [{ chosenReadings: parts.chosenReadings }] : []),
    ...(parts.givenSql === undefined ? [] : [{ givenSql: parts.givenSql }]),
    ...(parts.turns?.length ? [{ turns: parts.turns.map(({ question, sql }) => [question, sql]) }] : []),
  ]);

/**
 * Takes away only what cannot change the meaning: Unicode form, runs of white space outside quotes, closing punctuation.
 * Case stays, because `open` and `Open` may be two values in a column.
 */
export function normaliseQuestion(question: string): string {
  return question
    .normalize('NFC')
    .split(/("[^"]*"|'[^']*')/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/\s+/g, ' ')))
    .join('')
    .trim()
    .replace(/[\s?!.]+$/, '');
}
