import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { DataSource } from '../contracts/data-source.js';
import type { Dataset } from '../contracts/dataset.js';
import type { PartialProfile, ProfileState } from '../contracts/dataset-profile.js';
import type { Job } from '../contracts/job.js';
import type { Conversation, Question, RowsPage } from '../contracts/question.js';
import type { QuestionSchedule, ScheduledQuestion } from '../contracts/question-schedule.js';
import type { MappingReport, SchemaMapping } from '../contracts/schema-mapping.js';
import type { SearchResult } from '../contracts/schema-search.js';
import type { ExampleOwner, ExampleRun, VerifiedExample } from '../contracts/verified-example.js';
import { ApiProblemError, ApiUnreachableError, type Problem } from './cli-error.js';
import { pause } from './pause.js';
import { sendStream } from './send-stream.js';

export interface ApiClientOptions {
  /** `http://127.0.0.1:8080`, without a path. */
  baseUrl: string;
  apiKey?: string;
  /** A 503 that names a `Retry-After` is tried again this often. Default 5. */
  retries?: number;
  /** Longest wait before one such retry; a longer `Retry-After` is not waited for. Default 30 s. */
  maxRetryWaitMs?: number;
  /** Aborts every call of this client. */
  signal?: AbortSignal;
  /** Told before each such wait. */
  onRetry?: (problem: Problem, waitMs: number) => void;
}

export interface NewDataSource {
  name: string;
  connectionString: string;
  includeSchemas?: string[];
}

export interface SchemaSearch {
  query: string;
  /** Name of a subject area. */
  area?: string;
  limit?: number;
}

export type ImportReport = MappingReport & { matchedTables: number; joins: number };

/** What came of asking: a question to wait for, or (from the cache) one that is answered already. */
export type AskReply =
  | { answered: true; question: Question }
  | { answered: false; questionId: string; jobId: string };

export interface OpenEventsOptions {
  /** Sequence number of the last event seen; the stream goes on after it. */
  lastEventId?: number;
  signal?: AbortSignal;
}

/** Quaestor's HTTP API. Each call throws ApiProblemError when the API says no, ApiUnreachableError when nothing answers. */
/** A data source, or datasets and rows of other questions. */
export interface AskTarget {
  dataSourceId?: string;
  datasetIds?: string[];
  resultOf?: string[];
}

export interface ApiClient {
  readonly baseUrl: string;
  addDataSource(input: NewDataSource): Promise<DataSource>;
  listDataSources(): Promise<DataSource[]>;
  removeDataSource(dataSourceId: string): Promise<void>;
  /** The tables that a question would be answered with. */
  searchSchema(dataSourceId: string, input: SchemaSearch): Promise<SearchResult>;
  /** All of them, page by page. */
  listMappings(dataSourceId: string, filter: { kind?: string; status?: string }): Promise<SchemaMapping[]>;
  putMappings(dataSourceId: string, mappings: readonly unknown[]): Promise<MappingReport>;
  importMappings(dataSourceId: string, document: string): Promise<ImportReport>;
  putMappingStatus(
    dataSourceId: string,
    mappingId: string,
    status: 'accepted' | 'rejected',
  ): Promise<SchemaMapping>;
  /** Has the model propose descriptions; returns the job's id. */
  describeSchema(dataSourceId: string, input: { tables?: string[]; maxTables?: number }): Promise<string>;
  deleteMapping(dataSourceId: string, mappingId: string): Promise<void>;
  /** Starts indexing; returns the job's id. */
  indexDataSource(dataSourceId: string): Promise<string>;
  /** @param signal stops the asking, not a job that has been started. */
  askQuestion(
    input: AskTarget & { question: string; area?: string | null; conversationId?: string },
    signal?: AbortSignal,
  ): Promise<AskReply>;
  /** Runs SQL of one's own for a question; the run is a question of its own. */
  runSql(questionId: string, sql: string): Promise<{ id: string; jobId: string }>;
  /** Other runs of a question, oldest first. */
  listRuns(questionId: string): Promise<Question[]>;
  /** Saves the answer of a question as a verified example, under other words if some are given. */
  saveExample(questionId: string, question?: string): Promise<VerifiedExample>;
  listExamples(of: ExampleOwner): Promise<VerifiedExample[]>;
  /** Does the SQL of all verified examples again; the run is among `listExampleRuns`. */
  checkExamples(of: ExampleOwner): Promise<{ id: string; jobId: string }>;
  /** Newest first. */
  listExampleRuns(of: ExampleOwner): Promise<ExampleRun[]>;
  deleteExample(of: ExampleOwner, exampleId: string): Promise<void>;
  putQuestionSchedule(questionId: string, schedule: QuestionSchedule): Promise<ScheduledQuestion>;
  readQuestionSchedule(questionId: string): Promise<ScheduledQuestion>;
  deleteQuestionSchedule(questionId: string): Promise<void>;
  listConversations(limit: number): Promise<Conversation[]>;
  readQuestion(questionId: string): Promise<Question>;
  /** Chooses a reading by its number, or says in other words what is meant. */
  replyToQuestion(questionId: string, reply: { choice: number } | { text: string }): Promise<void>;
  readRows(questionId: string, cursor?: string): Promise<RowsPage>;
  /** Sends a file as it is read; returns the dataset and the job that reads it. */
  uploadDataset(input: {
    path: string;
    name?: string;
    sheet?: string;
  }): Promise<{ dataset: Dataset; jobId: string }>;
  /** Begins an upload by tus; returns its id, which is that of the dataset to be. */
  createUpload(input: {
    sizeBytes: number;
    filename: string;
    name?: string;
    sheet?: string;
  }): Promise<string>;
  /** How many bytes of it are there. */
  readUploadOffset(uploadId: string): Promise<number>;
  /** Sends the bytes from there on. Returns the job that reads the file, when this was the last of it. */
  continueUpload(uploadId: string, offsetBytes: number, rest: FileRest): Promise<string | undefined>;
  listDatasets(): Promise<Dataset[]>;
  readDataset(datasetId: string): Promise<Dataset>;
  /** Starts a profile unless the data has one already, or one in the making. */
  profileDataset(datasetId: string): Promise<{ profile: ProfileState }>;
  readProfile(datasetId: string): Promise<ProfileState & { profile: PartialProfile }>;
  readProfilePage(datasetId: string): Promise<string>;
  /** Any other call: JSON there and back. */
  request<Body>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Body>;
  listJobs(): Promise<Job[]>;
  readJob(jobId: string): Promise<Job>;
  cancelJob(jobId: string): Promise<void>;
  /** The open stream of a job's events (text/event-stream). Not tried again: followJob does that. */
  openEvents(jobId: string, options?: OpenEventsOptions): Promise<Response>;
}

/** What of a file is still to be sent. */
export interface FileRest {
  bytes: Readable;
  sizeBytes: number;
}

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  /** Sent as it is. */
  content?: FormData | Readable;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const segment = encodeURIComponent;
const TUS = { 'tus-resumable': '1.0.0' };
const sourcePath = (id: string): string => `/v1/data-sources/${segment(id)}`;
const examplesPath = ({ dataSourceId, datasetId }: ExampleOwner): string =>
  `${dataSourceId === undefined ? `/v1/datasets/${segment(datasetId)}` : sourcePath(dataSourceId)}/examples`;

/** Builds the client. It keeps no state but its options, so one may serve many calls at once. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const { retries = 5, maxRetryWaitMs = 30_000 } = options;

  const signalOf = (call: Call): AbortSignal | undefined =>
    call.signal && options.signal
      ? AbortSignal.any([call.signal, options.signal])
      : (call.signal ?? options.signal);

  const once = async (call: Call): Promise<Response> => {
    const signal = signalOf(call);
    const headers: Record<string, string> = { accept: 'application/json', ...call.headers };
    if (options.apiKey) headers['authorization'] = `Bearer ${options.apiKey}`;
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    const method = call.method ?? 'GET';
    try {
      if (call.content instanceof Readable)
        return await sendStream(baseUrl + call.path, { method, headers, bytes: call.content, signal });
      return await fetch(baseUrl + call.path, {
        method,
        headers,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(call.content ? { body: call.content } : {}),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw new ApiUnreachableError(baseUrl, error);
    }
  };

  const send = async (call: Call): Promise<Response> => {
    for (let attempt = 0; ; attempt += 1) {
      const response = await once(call);
      if (response.ok) return response;
      const problem = await readProblem(response);
      const waitMs = retryAfterMs(response);
      const isWorthIt = response.status === 503 && waitMs !== undefined && waitMs <= maxRetryWaitMs;
      if (!isWorthIt || attempt >= retries) throw new ApiProblemError(problem);
      options.onRetry?.(problem, waitMs);
      await pause(waitMs, signalOf(call));
    }
  };

  const json = async <Reply>(call: Call): Promise<Reply> => {
    const response = await send(call);
    try {
      return (await response.json()) as Reply;
    } catch (error) {
      signalOf(call)?.throwIfAborted();
      throw new ApiUnreachableError(baseUrl, error);
    }
  };
  // A POST that is sent again after a 503 must not start a thing twice.
  const post = (path: string, body: unknown, signal?: AbortSignal): Call => ({
    method: 'POST',
    path,
    body,
    headers: { 'idempotency-key': randomUUID() },
    ...(signal ? { signal } : {}),
  });

  return {
    baseUrl,
    addDataSource: (input) => json(post('/v1/data-sources', input)),
    listDataSources: async () =>
      (await json<{ dataSources: DataSource[] }>({ path: '/v1/data-sources' })).dataSources,
    removeDataSource: async (id) => {
      await send({ method: 'DELETE', path: `/v1/data-sources/${segment(id)}` });
    },
    searchSchema: (id, input) => json(post(`${sourcePath(id)}/search`, input)),
    listMappings: async (id, filter) => {
      const mappings: SchemaMapping[] = [];
      let after: string | undefined;
      do {
        const query = new URLSearchParams({ ...filter, limit: '1000', ...(after ? { after } : {}) });
        const path = `${sourcePath(id)}/mappings?${query}`;
        const page = await json<{ mappings: SchemaMapping[]; nextAfter?: string }>({ path });
        mappings.push(...page.mappings);
        after = page.nextAfter;
      } while (after !== undefined);
      return mappings;
    },
    putMappings: (id, mappings) =>
      json({ method: 'PUT', path: `${sourcePath(id)}/mappings`, body: { mappings } }),
    importMappings: (id, document) => json(post(`${sourcePath(id)}/mappings/import`, { document })),
    putMappingStatus: (id, mappingId, status) =>
      json({
        method: 'PUT',
        path: `${sourcePath(id)}/mappings/${segment(mappingId)}/status`,
        body: { status },
      }),
    describeSchema: async (id, input) =>
      (await json<{ jobId: string }>(post(`${sourcePath(id)}/descriptions`, input))).jobId,
    deleteMapping: async (id, mappingId) => {
      await send({ method: 'DELETE', path: `${sourcePath(id)}/mappings/${segment(mappingId)}` });
    },
    indexDataSource: async (id) =>
      (await json<{ jobId: string }>(post(`/v1/data-sources/${segment(id)}/index`, {}))).jobId,
    askQuestion: async (input, signal) => {
      const reply = await json<Question | { id: string; jobId: string }>(
        post('/v1/questions', input, signal),
      );
      // 202 names the question; 200 is the question.
      return 'answer' in reply
        ? { answered: true, question: reply }
        : { answered: false, questionId: reply.id, jobId: reply.jobId };
    },
    runSql: (id, sql) => json({ method: 'POST', path: `/v1/questions/${segment(id)}/runs`, body: { sql } }),
    listRuns: async (id) =>
      (await json<{ runs: Question[] }>({ path: `/v1/questions/${segment(id)}/runs` })).runs,
    saveExample: (id, question) =>
      json({
        method: 'POST',
        path: `/v1/questions/${segment(id)}/example`,
        body: question === undefined ? {} : { question },
      }),
    listExamples: async (of) =>
      (await json<{ examples: VerifiedExample[] }>({ path: examplesPath(of) })).examples,
    checkExamples: (of) => json({ method: 'POST', path: `${examplesPath(of)}/runs`, body: {} }),
    listExampleRuns: async (of) =>
      (await json<{ runs: ExampleRun[] }>({ path: `${examplesPath(of)}/runs` })).runs,
    deleteExample: async (of, exampleId) => {
      await send({ method: 'DELETE', path: `${examplesPath(of)}/${segment(exampleId)}` });
    },
    putQuestionSchedule: (id, schedule) =>
      json({ method: 'PUT', path: `/v1/questions/${segment(id)}/schedule`, body: schedule }),
    readQuestionSchedule: (id) => json({ path: `/v1/questions/${segment(id)}/schedule` }),
    deleteQuestionSchedule: async (id) => {
      await send({ method: 'DELETE', path: `/v1/questions/${segment(id)}/schedule` });
    },
    listConversations: async (limit) =>
      (await json<{ conversations: Conversation[] }>({ path: `/v1/conversations?limit=${limit}` }))
        .conversations,
    readQuestion: (id) => json({ path: `/v1/questions/${segment(id)}` }),
    replyToQuestion: async (id, reply) => {
      await send({ method: 'POST', path: `/v1/questions/${segment(id)}/reply`, body: reply });
    },
    readRows: (id, cursor) =>
      json({
        path: `/v1/questions/${segment(id)}/rows${cursor === undefined ? '' : `?cursor=${segment(cursor)}`}`,
      }),
    uploadDataset: async ({ path, ...fields }) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      // A blob over the file: it is read while it is sent.
      form.append('file', await openAsBlob(path), basename(path));
      return await json({ method: 'POST', path: '/v1/datasets', content: form });
    },
    createUpload: async ({ sizeBytes, ...fields }) => {
      const metadata = Object.entries(fields).map(
        ([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`,
      );
      const headers = {
        ...TUS,
        'upload-length': String(sizeBytes),
        'upload-metadata': metadata.join(','),
      };
      const reply = await send({ method: 'POST', path: '/v1/uploads', headers });
      return reply.headers.get('location')?.split('/').at(-1) ?? '';
    },
    readUploadOffset: async (id) =>
      (await json<{ offsetBytes: number }>({ path: `/v1/uploads/${segment(id)}` })).offsetBytes,
    continueUpload: async (id, offsetBytes, { bytes, sizeBytes }) => {
      const headers = {
        ...TUS,
        'upload-offset': String(offsetBytes),
        'content-length': String(sizeBytes),
        'content-type': 'application/offset+octet-stream',
      };
      const reply = await once({
        method: 'PATCH',
        path: `/v1/uploads/${segment(id)}`,
        headers,
        content: bytes,
      });
      if (!reply.ok) throw new ApiProblemError(await readProblem(reply));
      return reply.headers.get('quaestor-job') ?? undefined;
    },
    listDatasets: async () => (await json<{ datasets: Dataset[] }>({ path: '/v1/datasets' })).datasets,
    readDataset: (id) => json({ path: `/v1/datasets/${segment(id)}` }),
    profileDataset: (id) => json(post(`/v1/datasets/${segment(id)}/profile`, undefined)),
    readProfile: (id) => json({ path: `/v1/datasets/${segment(id)}/profile` }),
    readProfilePage: async (id) =>
      await (await send({ path: `/v1/datasets/${segment(id)}/profile.html` })).text(),
    request: (method, path, body) => json({ method, path, ...(body === undefined ? {} : { body }) }),
    listJobs: async () => (await json<{ jobs: Job[] }>({ path: '/v1/jobs' })).jobs,
    readJob: (id) => json({ path: `/v1/jobs/${segment(id)}` }),
    cancelJob: async (id) => {
      await send({ method: 'DELETE', path: `/v1/jobs/${segment(id)}` });
    },
    openEvents: async (id, { lastEventId, signal } = {}) => {
      const response = await once({
        path: `/v1/jobs/${segment(id)}/events`,
        headers: {
          accept: 'text/event-stream',
          ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
        },
        ...(signal ? { signal } : {}),
      });
      if (!response.ok) throw new ApiProblemError(await readProblem(response));
      return response;
    },
  };
}

/** `Retry-After` in milliseconds, from seconds or a date; undefined when it is absent or senseless. */
export function retryAfterMs(response: Response): number | undefined {
  const text = response.headers.get('retry-after');
  if (text === null) return undefined;
  const waitMs = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

/** The problem document, or one made up from the status when something else (a proxy) answered. */
async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '');
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'title' in parsed) return parsed as Problem;
  } catch {
    // Not JSON: told below.
  }
  return {
    title: `HTTP ${response.status} ${response.statusText}`.trim(),
    status: response.status,
    detail: text.trim().slice(0, 300) || 'The reply has no text.',
    wayOut: 'Check that the address is that of Quaestor’s API.',
  };
}
