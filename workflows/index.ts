/** Everything in the workflow bundle. Import nothing here that is not a workflow. */
export { answerQuestion } from './answer-question.js';
export { checkExamples } from './check-examples.js';
export { cleanDataset } from './clean-dataset.js';
export { describeSchema } from './describe-schema.js';
export { exportResult } from './export-result.js';
export { indexSource } from './index-source.js';
export { ingestDataset } from './ingest-dataset.js';
export { planCleaning } from './plan-cleaning.js';
export { profileDataset } from './profile-dataset.js';
export { questionSchedule } from './question-schedule.js';
export { reindexSchedule } from './reindex-schedule.js';
export { searchSchema } from './search-schema.js';
export { sweep } from './sweep.js';
