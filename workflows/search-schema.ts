import type { AnswerActivities } from '../activities/answers/create-answer-activities.js';
import type { SearchSchemaInput, SearchSchemaResult } from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';
import { toErrorRecordOf } from './job-failure.js';

/** Finds the tables for a query and says why, as answering a question would. What cannot be searched ends it well, with the error. */
export async function searchSchema(input: SearchSchemaInput): Promise<SearchSchemaResult> {
  try {
    return { result: await localActivities<AnswerActivities>(input.queues).searchTables(input) };
  } catch (error) {
    return { error: toErrorRecordOf(error) };
  }
}
