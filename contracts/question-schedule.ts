/** When a question's SQL is run again: exactly one of `cron` and `everyMinutes`. */
export interface QuestionSchedule {
  /** Five-field cron expression. */
  cron?: string | undefined;
  everyMinutes?: number | undefined;
  /** Of `cron`, by its IANA name. Default UTC. */
  timeZone?: string | undefined;
}

/** A question with the SQL that its schedule runs. */
export interface ScheduledQuestion extends QuestionSchedule {
  questionId: string;
  question: string;
  /** Null for a question about datasets: each run reads the versions that are on then. */
  dataSourceId: string | null;
  sql: string;
  createdAt: string;
}
