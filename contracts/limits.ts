/** Fixed limits of the product. What an operator may change is in platform/config.ts. */
export const LIMITS = {
  /** Longest question, in UTF-16 code units. */
  questionChars: 4_000,
  /** Longest generated SQL that is looked at, in UTF-16 code units. */
  sqlChars: 20_000,
  /** Rows kept of one result; a further one sets `truncated`. */
  resultRows: 10_000,
  /** Bytes kept of one result (as JSON); reaching it sets `truncated`. */
  resultBytes: 16 * 1024 * 1024,
  /** Rows in one stored and served page of a result. */
  rowsPerPage: 500,
  /** Statement timeout on the data source's server. */
  statementTimeoutMs: 30_000,
  /** A query estimated to be cheap may use this long inside the workflow task before it moves to its own queue. */
  inlineQueryTimeoutMs: 1_000,
  /** EXPLAIN's total cost up to which a query is tried inline. */
  inlineQueryCost: 50_000,
  /** What a count beside a query (rows that a join leaves out) may cost by EXPLAIN, and how long it may take: a table of some 300,000 rows. */
  countCost: 10_000,
  countTimeoutMs: 300,
  /** Connections of the pool of one data source. */
  dataSourcePool: 20,
  /** Wait for a connection of that pool. */
  dataSourceAcquireTimeoutMs: 20_000,
  /** Times that the model may mend its own SQL after a refusal. */
  repairs: 2,
  /** Times that one question may ask its reader which reading is meant, and how long each waits for the reply. */
  choiceRounds: 2,
  choiceWaitMs: 7 * 24 * 60 * 60 * 1_000,
  /** Earlier questions of a conversation that a new one is read with. */
  earlierTurns: 6,
  /** Readings to choose from, and the length of each (and of a reply in the reader's own words), in UTF-16 code units. */
  readings: 6,
  readingChars: 400,
  /** OpenAI's limits for one embeddings request. */
  embeddingInputs: 2_048,
  embeddingTokens: 300_000,
  embeddingInputTokens: 8_191,
  /** One embeddings request. */
  embeddingTimeoutMs: 30_000,
  /** Query embeddings kept in memory, and for how long after the last use. */
  embeddingCacheEntries: 5_000,
  embeddingCacheTtlMs: 60 * 60 * 1_000,
  /** How long the SQL of an answer is used again for the same question. */
  interpretationTtlMs: 7 * 24 * 60 * 60 * 1_000,
  /** Oldest answer that a request may accept. */
  maxAnswerAgeSeconds: 7 * 24 * 60 * 60,
  /** How long an upload in pieces may take until it is removed. */
  uploadTtlMs: 24 * 60 * 60 * 1_000,
  /** A file (contracts/rate-limits.ts has the limit as it is sent) after unpacking, and how many times larger than packed it may get. */
  datasetUnpackedBytes: 8 * 1024 ** 3,
  datasetUnpackRatio: 200,
  datasetColumns: 4_096,
  /** How long a profile is given out again for the same data. */
  profileTtlMs: 24 * 60 * 60 * 1_000,
  /** Columns of a profile in one reply, and shown in full on its page. */
  profileColumns: 500,
  /** One record, in UTF-16 code units. */
  datasetRecordChars: 2 * 1024 * 1024,
  /** Datasets and results that one question may be about. */
  questionTables: 20,
  /** Rows that EXPLAIN sees all steps of a query on datasets handle together: above this it is refused, up to that it is tried inline. */
  datasetQueryCost: 1e11,
  datasetInlineCost: 1e8,
  /** The same for a count beside a query. */
  datasetCountCost: 1e7,
  /** Longest wait for a free DuckDB process inside the workflow task, before the query moves to its queue. */
  datasetInlineAcquireMs: 200,
  /** Longest wait for files of datasets that come from another machine: before a question's words are held against them, and before a query is tried inline. */
  datasetLookFetchMs: 15_000,
  datasetInlineFetchMs: 3_000,
  /** JSON body of an API request. */
  requestBodyBytes: 1024 * 1024,
  /** Longest `Prefer: wait`. */
  preferWaitSeconds: 60,
  /** How long an Idempotency-Key is remembered. */
  idempotencyTtlMs: 24 * 60 * 60 * 1_000,
} as const;

/** What an operator may set for queries on data sources. */
export interface QueryLimits {
  statementTimeoutMs: number;
  /** EXPLAIN's total cost above which a query is refused; 0 means no limit. */
  maxCost: number;
}
