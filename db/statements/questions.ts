import type { QueryDialect, QuerySettings } from '../../contracts/data-source.js';
import type { Presentation } from '../../contracts/presentation.js';
import type { ErrorRecord } from '../../contracts/quaestor-error.js';
import type {
  Answer,
  ChoiceRequest,
  ChosenTable,
  EarlierTurn,
  ModelLabel,
  Question,
  QuestionStatus,
  RunOf,
} from '../../contracts/question.js';
import type { Guidance } from '../../contracts/schema-mapping.js';
import type { SampledValues, SchemaContext } from '../../contracts/schema-registry.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';
import { toAskedTable } from './question-tables.js';

export interface NewQuestion {
  id: string;
  userId: string;
  /** Null for a question about datasets. */
  dataSourceId: string | null;
  jobId: string;
  text: string;
  /** Name of the subject area that it keeps to. */
  area?: string | undefined;
  /** The question that answers it, with its job. */
  follows?: string | undefined;
  /** The first question of the conversation that this one goes on with. */
  conversationId?: string | undefined;
  /** The question that this one is another run of, with the SQL of the run. */
  run?: {
    questionId: string;
    kind: RunOf['kind'];
    sql: string;
    /** Who wrote the SQL. Default: the asking user. */
    model?: ModelLabel;
  };
}

export async function insertQuestion(tx: Transaction, question: NewQuestion): Promise<void> {
  await tx.query(
    `INSERT INTO questions
       (id, tenant_id, user_id, data_source_id, job_id, text, follows, conversation_id, run_of, run_kind, given_sql, given_model, area)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING`,
    [
      question.id,
      tx.tenantId,
      question.userId,
      question.dataSourceId,
      question.jobId,
      question.text,
      question.follows ?? null,
      question.conversationId ?? null,
      question.run?.questionId ?? null,
      question.run?.kind ?? null,
      question.run?.sql ?? null,
      question.run?.model ? toJson(question.run.model) : null,
      question.area ?? null,
    ],
  );
}

interface Row {
  id: string;
  job_id: string;
  data_source_id: string | null;
  asked_tables: Parameters<typeof toAskedTable>[0][] | null;
  conversation_id: string | null;
  user_id: string;
  run_of: string | null;
  run_kind: RunOf['kind'] | null;
  text: string;
  area: string | null;
  status: QuestionStatus;
  error: ErrorRecord | null;
  cached_from: string | null;
  choice: ChoiceRequest | null;
  created_at: Date;
  finished_at: Date | null;
  sql: string | null;
  columns: Answer['columns'];
  row_count: number;
  truncated: boolean;
  tables: ChosenTable[];
  model: ModelLabel;
  interpretation: string | null;
  timings: Answer['timings'];
  repairs: number;
  answered_at: Date;
  chart: Presentation['chart'];
  explanation: string | null;
  /** Null where the answer is older than presentations. */
  warnings: Presentation['warnings'] | null;
}

const SELECT = `SELECT q.id, q.job_id, q.data_source_id,
    CASE WHEN q.data_source_id IS NULL THEN (SELECT jsonb_agg(jsonb_build_object('name', t.name, 'dataset_id', t.dataset_id,
      'version_id', t.version_id, 'result_of', t.result_of) ORDER BY t.position) FROM question_tables t WHERE t.question_id = q.id)
    END AS asked_tables, q.conversation_id, q.user_id, q.run_of, q.run_kind, q.text, q.area, coalesce(l.status, q.status) AS status,
    coalesce(l.error, q.error) AS error, coalesce(q.cached_from, q.follows) AS cached_from,
    coalesce(l.choices, q.choices)->-1 AS choice, q.created_at, coalesce(l.finished_at, q.finished_at) AS finished_at,
    a.sql, a.columns, a.row_count, a.truncated, a.tables, a.model, a.interpretation, a.timings, a.repairs, a.answered_at,
    p.chart, p.explanation, p.warnings
  FROM questions q LEFT JOIN questions l ON l.id = q.follows
  LEFT JOIN answers a ON a.question_id = coalesce(q.cached_from, q.follows, q.id)
  LEFT JOIN result_presentations p ON p.question_id = a.question_id`;

/** A question with its answer; one taken from the cache, or following another one, shows what that one has. */
export async function getQuestion(tx: Transaction, id: string): Promise<Question | undefined> {
  const [row] = await tx.query<Row>(`${SELECT} WHERE q.id = $1`, [id]);
  return row && toQuestion(row);
}

/** Where a question stands, or the one that it follows; `running` also where it waits and its reader's reply is there. */
export async function getQuestionStatus(tx: Transaction, id: string): Promise<QuestionStatus | undefined> {
  const [row] = await tx.query<{ status: QuestionStatus }>(
    `SELECT CASE WHEN coalesce(l.status, q.status) = 'waiting' AND coalesce(l.choices, q.choices)->-1->>'chosen' <> '' THEN 'running'
       ELSE coalesce(l.status, q.status) END AS status
     FROM questions q LEFT JOIN questions l ON l.id = q.follows WHERE q.id = $1`,
    [id],
  );
  return row?.status;
}

/** The questions of a conversation, oldest first, at most `limit` of the newest. */
export async function listTurns(tx: Transaction, conversationId: string, limit: number): Promise<Question[]> {
  const rows = await tx.query<Row>(
    `${SELECT} WHERE q.id = $1 OR q.conversation_id = $1 ORDER BY q.created_at DESC, q.id DESC LIMIT $2`,
    [conversationId, limit],
  );
  return rows.reverse().map(toQuestion);
}

/** Other runs of a question, oldest first, at most `limit` of the newest. */
export async function listRuns(tx: Transaction, questionId: string, limit: number): Promise<Question[]> {
  const rows = await tx.query<Row>(
    `${SELECT} WHERE q.run_of = $1 ORDER BY q.created_at DESC, q.id DESC LIMIT $2`,
    [questionId, limit],
  );
  return rows.reverse().map(toQuestion);
}

const toQuestion = (row: Row): Question => ({
  id: row.id,
  jobId: row.job_id,
  dataSourceId: row.data_source_id,
  ...(row.asked_tables ? { tables: row.asked_tables.map(toAskedTable) } : {}),
  conversationId: row.conversation_id ?? row.id,
  text: row.text,
  ...(row.area === null ? {} : { area: row.area }),
  // The reply is there, and the job is about to take it: nobody need be asked any more.
  status: row.status === 'waiting' && row.choice?.chosen ? 'running' : row.status,
  answer:
    row.sql === null
      ? null
      : {
          sql: row.sql,
          columns: row.columns,
          rowCount: row.row_count,
          truncated: row.truncated,
          tables: row.tables,
          model: row.model,
          interpretation: row.interpretation,
          chart: row.chart,
          explanation: row.explanation,
          warnings: row.warnings ?? [],
          timings: row.timings,
          repairs: row.repairs,
          answeredAt: row.answered_at.toISOString(),
        },
  error: row.error,
  cachedFrom: row.cached_from,
  ...(row.choice ? { choice: row.choice } : {}),
  ...(row.run_of && row.run_kind
    ? { run: { questionId: row.run_of, kind: row.run_kind, authorId: row.user_id } }
    : {}),
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
});

export async function markQuestionRunning(tx: Transaction, id: string): Promise<void> {
  await tx.query(`UPDATE questions SET status = 'running' WHERE id = $1 AND status = 'queued'`, [id]);
}

export async function markQuestionFinished(
  tx: Transaction,
  id: string,
  status: 'answered' | 'refused' | 'failed' | 'cancelled',
  error: ErrorRecord | null = null,
): Promise<void> {
  await tx.query(
    `UPDATE questions SET status = $2, error = $3, finished_at = now() WHERE id = $1 AND status IN ('queued', 'running', 'waiting')`,
    [id, status, error && toJson(error)],
  );
}

/** What the steps of one answer hand to each other; too large for a workflow's history. */
export interface StoredContext {
  schema: SchemaContext;
  chosen: ChosenTable[];
  /** Stored values that the question may speak of. */
  values?: SampledValues;
  /** What people say that goes with the question. */
  guidance?: Guidance;
  /** Edition of the mappings that this was chosen with; 0 where it is absent. */
  mappingVersion?: number;
  /** The questions before it in its conversation, oldest first. */
  turns?: EarlierTurn[];
}

export async function saveQuestionContext(
  tx: Transaction,
  id: string,
  context: StoredContext,
): Promise<void> {
  await tx.query('UPDATE questions SET context = $2 WHERE id = $1', [id, toJson(context)]);
}

export interface QuestionWork {
  text: string;
  /** Name of the subject area that it keeps to. */
  area?: string;
  userId: string;
  /** Null for a question about datasets. */
  dataSourceId: string | null;
  dialect: QueryDialect;
  /** The database that the connection string names: where MySQL looks unqualified names up. Empty without a data source. */
  database: string;
  querySettings: QuerySettings;
  versionId: string | null;
  context: StoredContext | null;
  /** What its reader chose where it had several readings, oldest first. */
  chosenReadings: string[];
  /** SQL that is there already, and who wrote it; null where a model is to write it. */
  given: { sql: string; author: ModelLabel } | null;
  /** Since the question was asked, by the store's clock. */
  elapsedMs: number;
}

export async function getQuestionWork(tx: Transaction, id: string): Promise<QuestionWork | undefined> {
  const [row] = await tx.query<{
    text: string;
    area: string | null;
    user_id: string;
    data_source_id: string | null;
    kind: QueryDialect;
    database: string;
    query_settings: QuerySettings;
    version_id: string | null;
    context: StoredContext | null;
    choices: ChoiceRequest[] | null;
    given_sql: string | null;
    given_model: ModelLabel | null;
    author: string;
    elapsed_ms: number;
  }>(
    `SELECT q.text, q.area, q.user_id, q.data_source_id, coalesce(d.kind, 'duckdb') AS kind,
            coalesce(substring(d.address FROM '[^/]*$'), '') AS database, coalesce(d.query_settings, '{}') AS query_settings,
            q.version_id, q.context, q.choices, q.given_sql, q.given_model, u.name AS author,
            extract(epoch FROM clock_timestamp() - q.created_at)::float8 * 1000 AS elapsed_ms
     FROM questions q JOIN users u ON u.id = q.user_id LEFT JOIN data_sources d ON d.id = q.data_source_id WHERE q.id = $1`,
    [id],
  );
  return (
    row && {
      text: row.text,
      ...(row.area === null ? {} : { area: row.area }),
      userId: row.user_id,
      dataSourceId: row.data_source_id,
      dialect: row.kind,
      database: row.database,
      querySettings: row.query_settings,
      versionId: row.version_id,
      context: row.context,
      given:
        row.given_sql === null
          ? null
          : { sql: row.given_sql, author: row.given_model ?? { provider: 'person', name: row.author } },
      chosenReadings: (row.choices ?? []).flatMap(({ chosen }) => chosen ?? []),
      elapsedMs: row.elapsed_ms,
    }
  );
}
