import { resolve } from 'node:path';
import { z } from 'zod';
import { LIMITS } from '../contracts/limits.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { RateLimitTable, UploadLimitTable } from '../contracts/rate-limits.js';
import {
  TASK_QUEUE_NAMES,
  TASK_QUEUES,
  type TaskQueueName,
  type TaskQueueSettings,
  type TaskQueueTable,
} from '../contracts/task-queues.js';
import { NO_RATE_LIMITS, parseRateLimits, parseUploadLimits } from './rate-limit/parse-rate-limits.js';

const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no'])
  .transform((text) => text === 'true' || text === '1' || text === 'yes');
const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const encryptionKey = z
  .string()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((key) => key.length === 32, 'must be 32 bytes in base64 (openssl rand -base64 32)');

const objectPrefix = z
  .string()
  .regex(/^(?:[A-Za-z0-9._-]+\/)+$/, 'must be folders that end with a slash: quaestor/');

/** Every setting that is not a figure of the task-queue table. Read README.md, "Configuration", for their meaning. */
const settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_MIGRATION_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_POOL: integer(1, 500).default(20),
  DATABASE_STATEMENT_TIMEOUT_MS: integer(100, 3_600_000).default(60_000),
  QUAESTOR_ENCRYPTION_KEY: encryptionKey,
  TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_API_KEY: z.string().min(1).optional(),
  TEMPORAL_TLS: flag.optional(),
  TEMPORAL_TLS_CERT_PATH: z.string().min(1).optional(),
  TEMPORAL_TLS_KEY_PATH: z.string().min(1).optional(),
  TEMPORAL_TLS_CA_PATH: z.string().min(1).optional(),
  TEMPORAL_UI_URL: z.url().optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  OPENAI_CHAT_MODEL: z.string().min(1).default('gpt-5-mini'),
  OPENAI_EMBEDDING_MODEL: z.string().min(1).default('text-embedding-3-small'),
  OPENAI_EMBEDDING_DIMENSIONS: integer(64, 4_000).default(512),
  QUAESTOR_FILES: z.string().min(1).default('.quaestor/files'),
  QUAESTOR_DATASET_MEMORY_MB: integer(128, 65_536).default(400),
  QUAESTOR_STORE_S3_BUCKET: z.string().min(1).optional(),
  QUAESTOR_STORE_S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  QUAESTOR_STORE_S3_REGION: z.string().min(1).default('us-east-1'),
  QUAESTOR_STORE_S3_PREFIX: objectPrefix.optional(),
  QUAESTOR_STORE_S3_PATH_STYLE: flag.optional(),
  QUAESTOR_STORE_S3_CACHE_MB: integer(1, 100_000_000).default(10_240),
  QUAESTOR_HOST: z.string().min(1).default('127.0.0.1'),
  QUAESTOR_PORT: integer(0, 65_535).default(8080),
  QUAESTOR_KEEP_ALIVE_MS: integer(1_000, 3_600_000).default(65_000),
  QUAESTOR_WORKER_PORT: integer(0, 65_535).default(0),
  QUAESTOR_SDK_METRICS_PORT: integer(0, 65_535).default(0),
  QUAESTOR_WORKFLOW_BUNDLE: z.string().min(1).optional(),
  QUAESTOR_SHUTDOWN_GRACE_MS: integer(0, 600_000).default(10_000),
  QUAESTOR_RATE_LIMITS: flag.default(true),
  QUAESTOR_ANSWER_CACHE_TTL_MS: integer(0, 7 * 86_400_000).default(300_000),
  QUAESTOR_ANSWER_CACHE_MB: integer(0, 100_000).default(64),
  QUAESTOR_MAX_CACHED_WORKFLOWS: integer(0, 100_000).default(200),
  QUAESTOR_STATEMENT_TIMEOUT_MS: integer(100, 3_600_000).default(LIMITS.statementTimeoutMs),
  QUAESTOR_MAX_QUERY_COST: integer(0, Number.MAX_SAFE_INTEGER).default(0),
  QUAESTOR_CONTEXT_TOKENS: integer(500, 200_000).default(6_000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export interface TemporalConfig {
  address: string;
  namespace: string;
  apiKey: string | undefined;
  /** TLS is on by itself when there is an API key or a client certificate. */
  tls: boolean;
  tlsPaths: { cert: string | undefined; key: string | undefined; ca: string | undefined };
  uiUrl: string | undefined;
}

export interface ModelConfig {
  /** `built-in` when neither a key nor a base URL is set. */
  provider: 'built-in' | 'openai-compatible';
  apiKey: string | undefined;
  baseUrl: string | undefined;
  chatModel: string;
  embeddingModel: string;
  embeddingDimensions: number;
  /** Budget for the schema part of a prompt, in tokens of the chat model. */
  contextTokens: number;
}

export interface DatabaseConfig {
  url: string;
  /** The owner's connection, for migrations only. */
  migrationUrl: string;
  poolSize: number;
  statementTimeoutMs: number;
}

/** A bucket for the files of datasets. Credentials come to the SDK by its own chain (AWS_ACCESS_KEY_ID, profiles, roles). */
export interface S3StoreConfig {
  bucket: string;
  /** Default: Amazon's own, of the region. */
  endpoint: string | undefined;
  region: string;
  /** What all names of objects begin with; empty, or ends with a slash. */
  prefix: string;
  /** Whether the bucket is in the path, not in the host's name. */
  pathStyle: boolean;
  /** Copies on this machine, at most. */
  cacheBytes: number;
}

export interface Config {
  database: DatabaseConfig;
  encryptionKey: Buffer;
  temporal: TemporalConfig;
  redisUrl: string | undefined;
  model: ModelConfig;
  /** `keepAliveMs`: how long an idle connection is kept. */
  http: { host: string; port: number; keepAliveMs: number };
  /** Uploaded files and what is made of them. */
  datasets: { folder: string; memoryLimitBytes: number; s3: S3StoreConfig | undefined };
  worker: {
    httpPort: number;
    sdkMetricsPort: number;
    bundlePath: string | undefined;
    shutdownGraceMs: number;
    maxCachedWorkflows: number;
  };
  query: { statementTimeoutMs: number; maxCost: number };
  /** Oldest answer that is taken for the same question, unless the request says otherwise; 0: none. */
  answerCacheTtlMs: number;
  /** What each API process keeps of answers in its memory. */
  answerCache: { maxBytes: number; ttlMs: number };
  rateLimits: RateLimitTable;
  uploadBytes: UploadLimitTable;
  logLevel: string;
  queues: TaskQueueTable;
}

function s3StoreOf(values: z.infer<typeof settings>): S3StoreConfig | undefined {
  const bucket = values.QUAESTOR_STORE_S3_BUCKET;
  if (bucket === undefined) return undefined;
  const endpoint = values.QUAESTOR_STORE_S3_ENDPOINT;
  return {
    bucket,
    endpoint,
    region: values.QUAESTOR_STORE_S3_REGION,
    prefix: values.QUAESTOR_STORE_S3_PREFIX ?? '',
    // Amazon takes the bucket in the host's name; what one runs oneself seldom has such names.
    pathStyle: values.QUAESTOR_STORE_S3_PATH_STYLE ?? endpoint !== undefined,
    cacheBytes: values.QUAESTOR_STORE_S3_CACHE_MB * 1024 ** 2,
  };
}

const figures: Record<
  string,
  { apply(queue: TaskQueueSettings, value: number): TaskQueueSettings; min: number }
> = {
  CONCURRENCY: { min: 1, apply: (queue, value) => ({ ...queue, concurrency: value }) },
  RATE_PER_SECOND: { min: 0, apply: (queue, value) => ({ ...queue, ratePerSecond: value }) },
  START_TO_CLOSE_MS: { min: 1, apply: (queue, value) => ({ ...queue, startToCloseMs: value }) },
  SCHEDULE_TO_CLOSE_MS: { min: 1, apply: (queue, value) => ({ ...queue, scheduleToCloseMs: value }) },
  HEARTBEAT_MS: { min: 0, apply: (queue, value) => ({ ...queue, heartbeatMs: value }) },
  BACKOFF_COEFFICIENT: {
    min: 1,
    apply: (queue, value) => ({ ...queue, retry: { ...queue.retry, backoffCoefficient: value } }),
  },
  MAXIMUM_ATTEMPTS: {
    min: 0,
    apply: (queue, value) => ({ ...queue, retry: { ...queue.retry, maximumAttempts: value } }),
  },
  INITIAL_INTERVAL_MS: {
    min: 1,
    apply: (queue, value) => ({ ...queue, retry: { ...queue.retry, initialIntervalMs: value } }),
  },
  MAXIMUM_INTERVAL_MS: {
    min: 1,
    apply: (queue, value) => ({ ...queue, retry: { ...queue.retry, maximumIntervalMs: value } }),
  },
};

const QUEUE_PREFIX = 'QUAESTOR_QUEUE_';

function parseQueues(env: NodeJS.ProcessEnv, problems: string[]): TaskQueueTable {
  const table: Record<TaskQueueName, TaskQueueSettings> = { ...TASK_QUEUES };
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(QUEUE_PREFIX) || text === undefined || text === '') continue;
    const queue = TASK_QUEUE_NAMES.find((known) => name.startsWith(`${QUEUE_PREFIX}${envName(known)}_`));
    const figure = queue && figures[name.slice(QUEUE_PREFIX.length + envName(queue).length + 1)];
    const value = Number(text);
    if (!queue || !figure) {
      problems.push(
        `${name}: no such queue or figure; queues: ${TASK_QUEUE_NAMES.map(envName).join(', ')}; figures: ${Object.keys(figures).join(', ')}`,
      );
    } else if (!Number.isInteger(value) || value < figure.min) {
      problems.push(`${name}: must be a whole number of at least ${figure.min}, not "${text}"`);
    } else {
      table[queue] = figure.apply(table[queue], value);
    }
  }
  return table;
}

const envName = (queue: TaskQueueName): string => queue.toUpperCase().replaceAll('-', '_');

/**
 * Reads the whole configuration once. An empty variable counts as unset.
 * @throws QuaestorError `config_invalid` naming every bad or missing value in one message.
 */
export function parseConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const problems: string[] = [];
  const queues = parseQueues(given, problems);
  const rateLimits = parseRateLimits(given, problems);
  const uploadBytes = parseUploadLimits(given, problems);
  if (!given['TEMPORAL_TLS_CERT_PATH'] !== !given['TEMPORAL_TLS_KEY_PATH']) {
    problems.push('TEMPORAL_TLS_CERT_PATH, TEMPORAL_TLS_KEY_PATH: a client certificate needs both');
  }
  if (given['QUAESTOR_STORE_S3_ENDPOINT'] !== undefined && given['QUAESTOR_STORE_S3_BUCKET'] === undefined) {
    problems.push('QUAESTOR_STORE_S3_ENDPOINT: needs QUAESTOR_STORE_S3_BUCKET, too');
  }
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    problems.unshift(
      ...parsed.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        return given[name] === undefined ? `${name}: is missing` : `${name}: ${issue.message}`;
      }),
    );
  }
  if (!parsed.success || problems.length > 0) {
    throw new QuaestorError('config_invalid', `The configuration is not valid:\n  ${problems.join('\n  ')}`, {
      details: { problems },
    });
  }
  const values = parsed.data;
  const hasModel = values.OPENAI_API_KEY !== undefined || values.OPENAI_BASE_URL !== undefined;
  return {
    database: {
      url: values.DATABASE_URL,
      migrationUrl: values.DATABASE_MIGRATION_URL ?? values.DATABASE_URL,
      poolSize: values.DATABASE_POOL,
      statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
    },
    encryptionKey: values.QUAESTOR_ENCRYPTION_KEY,
    temporal: {
      address: values.TEMPORAL_ADDRESS,
      namespace: values.TEMPORAL_NAMESPACE,
      apiKey: values.TEMPORAL_API_KEY,
      tls:
        values.TEMPORAL_TLS ??
        (values.TEMPORAL_API_KEY !== undefined || values.TEMPORAL_TLS_CERT_PATH !== undefined),
      tlsPaths: {
        cert: values.TEMPORAL_TLS_CERT_PATH,
        key: values.TEMPORAL_TLS_KEY_PATH,
        ca: values.TEMPORAL_TLS_CA_PATH,
      },
      uiUrl: values.TEMPORAL_UI_URL,
    },
    redisUrl: values.REDIS_URL,
    model: {
      provider: hasModel ? 'openai-compatible' : 'built-in',
      apiKey: values.OPENAI_API_KEY,
      baseUrl: values.OPENAI_BASE_URL,
      chatModel: values.OPENAI_CHAT_MODEL,
      embeddingModel: values.OPENAI_EMBEDDING_MODEL,
      embeddingDimensions: values.OPENAI_EMBEDDING_DIMENSIONS,
      contextTokens: values.QUAESTOR_CONTEXT_TOKENS,
    },
    http: {
      host: values.QUAESTOR_HOST,
      port: values.QUAESTOR_PORT,
      keepAliveMs: values.QUAESTOR_KEEP_ALIVE_MS,
    },
    datasets: {
      folder: resolve(values.QUAESTOR_FILES),
      memoryLimitBytes: values.QUAESTOR_DATASET_MEMORY_MB * 1024 ** 2,
      s3: s3StoreOf(values),
    },
    worker: {
      httpPort: values.QUAESTOR_WORKER_PORT,
      sdkMetricsPort: values.QUAESTOR_SDK_METRICS_PORT,
      bundlePath: values.QUAESTOR_WORKFLOW_BUNDLE,
      shutdownGraceMs: values.QUAESTOR_SHUTDOWN_GRACE_MS,
      maxCachedWorkflows: values.QUAESTOR_MAX_CACHED_WORKFLOWS,
    },
    query: {
      statementTimeoutMs: values.QUAESTOR_STATEMENT_TIMEOUT_MS,
      maxCost: values.QUAESTOR_MAX_QUERY_COST,
    },
    answerCacheTtlMs: values.QUAESTOR_ANSWER_CACHE_TTL_MS,
    answerCache: {
      maxBytes: values.QUAESTOR_ANSWER_CACHE_MB * 1_048_576,
      ttlMs: values.QUAESTOR_ANSWER_CACHE_TTL_MS,
    },
    rateLimits: values.QUAESTOR_RATE_LIMITS ? rateLimits : NO_RATE_LIMITS,
    uploadBytes,
    logLevel: values.LOG_LEVEL,
    queues,
  };
}

/**
 * Before the SDK of buckets is loaded: it warns that its coming versions need Node 22, and takes the setting against it from the
 * environment only. The version in use is pinned.
 */
export function silenceSdkWarning(env: NodeJS.ProcessEnv = process.env): void {
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}
