import type { ReindexSchedule } from '../../../../contracts/data-source.js';
import { QuaestorError } from '../../../../contracts/quaestor-error.js';
import type { QuestionSchedule } from '../../../../contracts/question-schedule.js';
import type { SearchSchemaResult } from '../../../../contracts/workflows.js';
import type { EngineJobStatus, JobEngine } from '../../../../platform/job-engine.js';

type AnswerInput = Parameters<JobEngine['startAnswerQuestion']>[0];
type SearchInput = Parameters<JobEngine['searchSchema']>[0];
type DescribeInput = Parameters<JobEngine['startDescribeSchema']>[0];
type ExportInput = Parameters<JobEngine['startExportResult']>[0];
type CheckInput = Parameters<JobEngine['startCheckExamples']>[0];
type IngestInput = Parameters<JobEngine['startIngestDataset']>[0];
type ProfileInput = Parameters<JobEngine['startProfileDataset']>[0];
type PlanCleaningInput = Parameters<JobEngine['startPlanCleaning']>[0];
type CleanInput = Parameters<JobEngine['startCleanDataset']>[0];
type IndexInput = Parameters<JobEngine['startIndexSource']>[0];

/** A workflow engine that only remembers what it was asked. */
export class FakeEngine implements JobEngine {
  isAway = false;
  refusesCron = false;
  readonly answers: AnswerInput[] = [];
  readonly indexings: IndexInput[] = [];
  readonly searches: SearchInput[] = [];
  /** What every search finds. */
  searchResult: SearchSchemaResult = {
    result: { tables: [], joins: [], values: {}, mappings: {}, durationMs: 1 },
  };
  readonly exports: ExportInput[] = [];
  readonly descriptions: DescribeInput[] = [];
  readonly checks: CheckInput[] = [];
  readonly ingestions: IngestInput[] = [];
  readonly profiles: ProfileInput[] = [];
  readonly cleaningPlans: PlanCleaningInput[] = [];
  readonly cleanings: CleanInput[] = [];
  readonly cancelled: string[] = [];
  readonly choices: { jobId: string; round: number }[] = [];
  readonly described: string[] = [];
  readonly schedules = new Map<string, ReindexSchedule>();
  readonly questionSchedules = new Map<string, QuestionSchedule>();
  /** What `describe` says; a job that is not in it runs. */
  readonly statuses = new Map<string, EngineJobStatus>();
  /** Called when an answer is started, before the API hears of it. */
  onAnswer: (input: AnswerInput) => Promise<void> = async () => undefined;

  async startAnswerQuestion(input: AnswerInput): Promise<void> {
    this.#beThere();
    this.answers.push(input);
    await this.onAnswer(input);
  }

  async startDescribeSchema(input: DescribeInput): Promise<void> {
    this.#beThere();
    this.descriptions.push(input);
  }

  async startExportResult(input: ExportInput): Promise<void> {
    this.#beThere();
    this.exports.push(input);
  }

  async startCheckExamples(input: CheckInput): Promise<void> {
    this.#beThere();
    this.checks.push(input);
  }

  async startIndexSource(input: IndexInput): Promise<void> {
    this.#beThere();
    this.indexings.push(input);
  }

  async tellChoice(jobId: string, round: number): Promise<boolean> {
    this.#beThere();
    this.choices.push({ jobId, round });
    return this.statuses.get(jobId) !== 'not_found';
  }

  async searchSchema(input: SearchInput): Promise<SearchSchemaResult> {
    this.#beThere();
    this.searches.push(input);
    return this.searchResult;
  }

  async startIngestDataset(input: IngestInput): Promise<void> {
    this.#beThere();
    this.ingestions.push(input);
  }

  async startProfileDataset(input: ProfileInput): Promise<void> {
    this.#beThere();
    this.profiles.push(input);
  }

  async startPlanCleaning(input: PlanCleaningInput): Promise<void> {
    this.#beThere();
    this.cleaningPlans.push(input);
  }

  async startCleanDataset(input: CleanInput): Promise<void> {
    this.#beThere();
    this.cleanings.push(input);
  }

  async cancel(jobId: string): Promise<boolean> {
    this.#beThere();
    this.cancelled.push(jobId);
    return this.statuses.get(jobId) !== 'not_found';
  }

  async describe(jobId: string): Promise<EngineJobStatus> {
    this.#beThere();
    this.described.push(jobId);
    return this.statuses.get(jobId) ?? 'running';
  }

  async putQuestionSchedule(input: Parameters<JobEngine['putQuestionSchedule']>[0]): Promise<void> {
    this.#beThere();
    this.questionSchedules.set(input.questionId, input.schedule);
  }

  async deleteQuestionSchedule(questionId: string): Promise<void> {
    this.#beThere();
    this.questionSchedules.delete(questionId);
  }

  async putReindexSchedule(input: { dataSourceId: string; schedule: ReindexSchedule }): Promise<void> {
    this.#beThere();
    if (this.refusesCron)
      throw new QuaestorError('invalid_request', 'The schedule is not valid: no such hour');
    this.schedules.set(input.dataSourceId, input.schedule);
  }

  async ensureSweep(): Promise<void> {}

  async deleteReindexSchedule(dataSourceId: string): Promise<void> {
    this.#beThere();
    this.schedules.delete(dataSourceId);
  }

  async isReachable(): Promise<boolean> {
    return !this.isAway;
  }

  #beThere(): void {
    if (this.isAway) throw new QuaestorError('engine_unavailable', 'The workflow engine cannot be reached.');
  }
}
