/**
 * The error catalogue: every way in which Quaestor says no.
 *
 * Kinds (see docs/errors.md, generated from this file):
 * - `terminal`: the same request will fail again; something must change first.
 * - `retryable`: the same request may work later.
 * - `cancelled`: somebody stopped it. - `timed_out`: a limit of time was reached.
 * - `conflict`: the state of the thing does not allow it.
 *
 * The catalogue is mapped once to Temporal's ApplicationFailure (activities/activity-failure.ts) and once to
 * RFC 9457 problem documents (api/problem.ts). Codes are stable: clients may switch on them.
 */
export type ErrorKind = 'terminal' | 'retryable' | 'cancelled' | 'timed_out' | 'conflict';

/** Whose fault it is. Faults of different parties never share a code. */
export type ErrorOrigin = 'request' | 'question' | 'model' | 'data-source' | 'dataset' | 'guard' | 'quaestor';

export interface ErrorEntry {
  kind: ErrorKind;
  origin: ErrorOrigin;
  /** HTTP status of the problem document. */
  status: number;
  /** Short title, the same for every occurrence. */
  title: string;
  /** What the reader can do about it. */
  wayOut: string;
}

const entry = (
  origin: ErrorOrigin,
  kind: ErrorKind,
  status: number,
  title: string,
  wayOut: string,
): ErrorEntry => ({ kind, origin, status, title, wayOut });

export const ERRORS = {
  // request
  body_too_large: entry(
    'request',
    'terminal',
    413,
    'The request body is too large',
    'Send at most 1 MB of JSON; an import of mappings may have 32 MB.',
  ),
  conflict: entry(
    'request',
    'conflict',
    409,
    'The thing is not in a state that allows this',
    'Read it again and decide anew.',
  ),
  data_source_exists: entry(
    'request',
    'conflict',
    409,
    'A data source with this name exists',
    'Choose another name, or use the existing data source.',
  ),
  forbidden: entry(
    'request',
    'terminal',
    403,
    'This API key may not do that',
    'Use an API key that has the scope named in the detail.',
  ),
  idempotency_key_reused: entry(
    'request',
    'conflict',
    422,
    'This Idempotency-Key was used with another request',
    'Use a new key for a new request.',
  ),
  invalid_cursor: entry(
    'request',
    'terminal',
    400,
    'The cursor is not one of ours',
    'Use the cursor from the page before, or none for the first page.',
  ),
  invalid_request: entry(
    'request',
    'terminal',
    400,
    'The request is not valid',
    'Mend the fields named in the problem and send it again.',
  ),
  mapping_import_unreadable: entry(
    'request',
    'terminal',
    422,
    'This is no document that mappings can be read from',
    'Send dbt’s target/manifest.json, or a schema.yml with models, sources or metrics.',
  ),
  mapping_invalid: entry(
    'request',
    'terminal',
    422,
    'A mapping names something that the index does not have',
    'Use one of the nearest names in the details; where the table is new, index the data source again first.',
  ),
  method_not_allowed: entry(
    'request',
    'terminal',
    405,
    'This method is not offered here',
    'See /openapi.json for what is offered.',
  ),
  not_found: entry(
    'request',
    'terminal',
    404,
    'There is no such thing here',
    'Check the id; things of other tenants are not shown.',
  ),
  rate_limited: entry(
    'request',
    'retryable',
    429,
    'The user has made too many requests of this kind',
    'Wait for as long as Retry-After says, or move to a higher tier.',
  ),
  subject_area_unknown: entry(
    'request',
    'terminal',
    422,
    'There is no subject area of this name',
    'Use one of the areas named in the detail, or make it with PUT …/mappings.',
  ),
  unauthorized: entry(
    'request',
    'terminal',
    401,
    'No valid API key',
    'Send an API key as "Authorization: Bearer …"; it may have expired or been revoked.',
  ),
  unsupported_media_type: entry(
    'request',
    'terminal',
    415,
    'This content type is not understood',
    'Send application/json.',
  ),

  // question
  ambiguous_question: entry(
    'question',
    'terminal',
    422,
    'The question can be read in several ways',
    'Ask again in the words of the reading that is meant; the details list the readings.',
  ),
  no_relevant_table: entry(
    'question',
    'terminal',
    422,
    'No table of this data source seems to hold what was asked',
    'Name the thing as the database does, add a synonym or a description, or ask another data source.',
  ),
  question_empty: entry(
    'question',
    'terminal',
    400,
    'The question is empty',
    'Write what you want to know, in a sentence.',
  ),
  question_not_understood: entry(
    'question',
    'terminal',
    422,
    'The built-in model is not confident that it understands the question',
    'Put it more simply (counts, sums, averages, filters, groups, top-n, time), or set OPENAI_API_KEY to use a larger model.',
  ),
  question_too_long: entry(
    'question',
    'terminal',
    400,
    'The question is too long',
    'Ask in at most 4,000 characters.',
  ),
  schema_cannot_answer: entry(
    'question',
    'terminal',
    422,
    'This data source cannot answer the question',
    'Ask about what its tables hold; the detail says what is missing.',
  ),

  // model
  model_answer_unusable: entry(
    'model',
    'terminal',
    502,
    'The model gave no usable SQL',
    'Put the question in other words, or use another model.',
  ),
  model_dimensions_changed: entry(
    'model',
    'terminal',
    502,
    'The embedding model changed its dimensions',
    'Index the data source again.',
  ),
  model_not_configured: entry(
    'model',
    'terminal',
    422,
    'This needs a language model',
    'Set OPENAI_BASE_URL or OPENAI_API_KEY; the built-in model only translates questions.',
  ),
  model_rate_limited: entry(
    'model',
    'retryable',
    503,
    'The model endpoint asks to wait',
    'It is tried again by itself; raise the endpoint’s limits if this is common.',
  ),
  model_rejected_request: entry(
    'model',
    'terminal',
    502,
    'The model endpoint refused the request',
    'Check OPENAI_API_KEY, OPENAI_BASE_URL and the model names; the detail has the endpoint’s own words.',
  ),
  model_timed_out: entry(
    'model',
    'retryable',
    504,
    'The model did not answer in time',
    'It is tried again by itself; raise the timeout if the model is slow.',
  ),
  model_unavailable: entry(
    'model',
    'retryable',
    503,
    'The model endpoint is not available',
    'It is tried again by itself; check OPENAI_BASE_URL if it lasts.',
  ),

  // data source
  data_source_auth_failed: entry(
    'data-source',
    'terminal',
    422,
    'The data source refused the user or password',
    'Correct the connection string of the data source.',
  ),
  data_source_connection_lost: entry(
    'data-source',
    'retryable',
    503,
    'The connection to the data source broke',
    'It is tried again by itself; check the database and the network if it lasts.',
  ),
  data_source_database_missing: entry(
    'data-source',
    'terminal',
    422,
    'The data source has no database of this name',
    'Correct the database name in the connection string.',
  ),
  data_source_empty: entry(
    'data-source',
    'terminal',
    422,
    'The data source has no tables that this user can see',
    'Grant the user USAGE on the schemas and SELECT on the tables, or name the schemas.',
  ),
  data_source_not_indexed: entry(
    'data-source',
    'conflict',
    409,
    'The data source has not been indexed yet',
    'Start its indexing (POST /v1/data-sources/{id}/index) and ask when the job has finished.',
  ),
  data_source_overloaded: entry(
    'data-source',
    'retryable',
    503,
    'The data source has no free connection',
    'It is tried again by itself; ask less at once or raise its pool.',
  ),
  data_source_permission_denied: entry(
    'data-source',
    'terminal',
    422,
    'The data source user may not read this',
    'Grant SELECT to the user of the connection string, or ask about other tables.',
  ),
  data_source_schema_changed: entry(
    'data-source',
    'retryable',
    409,
    'The schema has changed since it was indexed',
    'Ask again when the indexing that was started by this has ended.',
  ),
  data_source_unreachable: entry(
    'data-source',
    'terminal',
    422,
    'The data source cannot be reached',
    'Check host and port of the connection string, that the database is up, and that this machine may connect to it.',
  ),
  data_source_unsupported: entry(
    'data-source',
    'terminal',
    422,
    'This kind of data source is not supported',
    'Use a connection string that begins with postgres://, postgresql://, mysql:// or mariadb://.',
  ),
  query_failed: entry(
    'data-source',
    'terminal',
    422,
    'The database refused the query',
    'The detail has the database’s own words.',
  ),
  query_timed_out: entry(
    'data-source',
    'timed_out',
    504,
    'The query took longer than allowed',
    'Ask for less (a shorter time, fewer groups), or raise the statement timeout.',
  ),

  // dataset
  dataset_empty: entry(
    'dataset',
    'terminal',
    422,
    'The file holds no records',
    'Upload a file with at least a header or one record.',
  ),
  cells_do_not_fit: entry(
    'dataset',
    'terminal',
    422,
    'A cleaning step refuses cells that have no value in its type',
    'Mend these cells by an earlier step, or let the step make them NULL or keep them as text.',
  ),
  recipe_does_not_fit: entry(
    'dataset',
    'terminal',
    422,
    'The cleaning recipe does not fit the columns',
    'The details name each step and column; change the recipe, or rename the columns first.',
  ),
  dataset_not_ready: entry(
    'dataset',
    'conflict',
    409,
    'The dataset has not been read yet',
    'Wait for its job, or see there why it failed.',
  ),
  dataset_not_profiled: entry(
    'dataset',
    'conflict',
    409,
    'The dataset has no whole profile yet',
    'Wait for its job; if there is none, start one with POST /v1/datasets/{id}/profile.',
  ),
  dataset_record_too_long: entry(
    'dataset',
    'terminal',
    422,
    'A record of the file is longer than allowed',
    'Check the quotes and line ends near the line in the detail, or set the dialect.',
  ),
  dataset_too_large: entry(
    'dataset',
    'terminal',
    413,
    'The file is larger than allowed',
    'Upload a smaller file, or raise the limit.',
  ),
  tus_version_unsupported: entry(
    'request',
    'terminal',
    412,
    'This version of the tus protocol is not spoken',
    'Send "Tus-Resumable: 1.0.0".',
  ),
  upload_offset_mismatch: entry(
    'request',
    'conflict',
    409,
    'The upload does not go on at this byte',
    'Ask with HEAD how much is there, and send the bytes after it.',
  ),
  dataset_too_many_columns: entry(
    'dataset',
    'terminal',
    422,
    'The file has more columns than allowed',
    'Check the delimiter, or upload fewer columns.',
  ),
  dataset_unpacks_too_large: entry(
    'dataset',
    'terminal',
    422,
    'The compressed file unpacks to more than allowed',
    'Upload a smaller file, or raise the limit.',
  ),
  dataset_unreadable: entry(
    'dataset',
    'terminal',
    422,
    'The file cannot be read as a table',
    'Upload CSV, TSV, JSON, Parquet or XLSX, plain or compressed by gzip or zstd.',
  ),
  dataset_file_damaged: entry(
    'dataset',
    'terminal',
    500,
    'A kept file is not what it was when it was kept',
    'Give the object store a whole copy back, or upload the file again.',
  ),
  dataset_store_refused: entry(
    'dataset',
    'terminal',
    502,
    'The object store of datasets refuses Quaestor',
    'Check QUAESTOR_STORE_S3_BUCKET, its region and endpoint, and that the credentials may list, read, write and delete there; then try again.',
  ),
  dataset_store_unavailable: entry(
    'dataset',
    'retryable',
    503,
    'The object store of datasets is not available',
    'It is tried again by itself; an upload has to be sent again. Check QUAESTOR_STORE_S3_ENDPOINT and the store if it lasts.',
  ),
  dataset_disk_full: entry(
    'dataset',
    'retryable',
    507,
    'There is no room left on the disk',
    'It is tried again by itself; make room where datasets are kept and where DuckDB spills.',
  ),
  dataset_out_of_memory: entry(
    'dataset',
    'terminal',
    422,
    'The work on the dataset needed more memory than it may have',
    'Ask for less at once (fewer groups, no cross joins), upload fewer columns (800 fit into 400 MB), or raise QUAESTOR_DATASET_MEMORY_MB.',
  ),
  dataset_process_died: entry(
    'dataset',
    'retryable',
    503,
    'The process that worked on the dataset was ended',
    'It is tried again by itself.',
  ),

  // guard
  sql_not_read_only: entry(
    'guard',
    'terminal',
    422,
    'The SQL would do more than read',
    'Only a single SELECT is run.',
  ),
  sql_not_single_statement: entry(
    'guard',
    'terminal',
    422,
    'There must be exactly one SQL statement',
    'Send one SELECT.',
  ),
  sql_syntax_error: entry(
    'guard',
    'terminal',
    422,
    'The SQL cannot be parsed',
    'Mend the syntax at the place named in the detail.',
  ),
  sql_too_expensive: entry(
    'guard',
    'terminal',
    422,
    'The query is estimated to cost more than allowed',
    'Ask for less, or raise the limit of the data source.',
  ),
  sql_unknown_function: entry(
    'guard',
    'terminal',
    422,
    'The SQL calls a function that is not allowed',
    'Use functions of the allow-list.',
  ),
  sql_unknown_table: entry(
    'guard',
    'terminal',
    422,
    'The SQL names a table or column that is not in the index',
    'Use the names that the index has; index again if the database changed.',
  ),

  // quaestor
  config_invalid: entry(
    'quaestor',
    'terminal',
    500,
    'The configuration is not valid',
    'Mend the settings named in the message and start again.',
  ),
  embedded_server_failed: entry(
    'quaestor',
    'terminal',
    500,
    'An embedded server did not start',
    'Read the log file named in the message; deleting the state folder starts afresh.',
  ),
  engine_unavailable: entry(
    'quaestor',
    'retryable',
    503,
    'The workflow engine is not available',
    'Nothing was lost; send the request again in a few seconds.',
  ),
  internal_error: entry(
    'quaestor',
    'terminal',
    500,
    'Something went wrong in Quaestor',
    'Report it with the request id.',
  ),
  job_cancelled: entry(
    'quaestor',
    'cancelled',
    409,
    'The job was cancelled',
    'Start it again if it is still wanted.',
  ),
  job_lost: entry(
    'quaestor',
    'terminal',
    500,
    'The job ended without a result',
    'It was terminated or never started; start it again.',
  ),
  job_timed_out: entry(
    'quaestor',
    'timed_out',
    504,
    'The job took longer than allowed',
    'Start it again; raise its limit if this is common.',
  ),
  store_unavailable: entry(
    'quaestor',
    'retryable',
    503,
    'Quaestor’s own database is not available',
    'Nothing was lost; send the request again in a few seconds.',
  ),
  temporal_server_unavailable: entry(
    'quaestor',
    'terminal',
    500,
    'No Temporal server could be found, fetched or built',
    'Set TEMPORAL_ADDRESS, or put `temporal` on the PATH.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);
