import type { AnswerQuestionInput } from '../../contracts/workflows.js';

export interface RunSqlInput extends AnswerQuestionInput {
  sql: string;
  limitedSql: string;
  attempt: number;
  /** The connection broke when this SQL was tried inline. */
  connectionLost?: boolean;
}
