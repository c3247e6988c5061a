// The child process in which DuckDB runs: one database in memory for each session, one statement at a time. Started by
// start-duckdb-process.ts with an empty environment and a memory cap; it ends when its parent does.
import { readFileSync } from 'node:fs';
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  StatementType,
} from '@duckdb/node-api';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { type InspectedFile, inspectFile } from '../ingest/inspect-file.js';
import { type NormalisedFile, normaliseFile } from '../ingest/normalise-file.js';
import { convertCell } from './convert-cell.js';
import {
  BATCHES_AHEAD,
  type DuckDbCell,
  type DuckDbParameter,
  type FileTask,
  type FromProcess,
  type SessionSettings,
  type ToProcess,
} from './protocol.js';
import { quoteLiteral, quoteName } from './quote.js';
import { findVersionRows } from './version-rows.js';

let instance: DuckDBInstance | undefined;
let connection: DuckDBConnection | undefined;
let isUntrusted = false;
let unread = 0;
let onTaken: (() => void) | undefined;

/** The data segment, which is what `prlimit` caps; where it is not known, the resident memory. */
function dataBytes(): number {
  try {
    const kilobytes = /VmData:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.memoryUsage.rss();
}
const dataAtStart = dataBytes();

const send = (message: FromProcess): void => {
  if (process.connected) process.send?.(message);
};

async function open(settings: SessionSettings): Promise<void> {
  isUntrusted = settings.isUntrusted;
  instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.floor(settings.memoryLimitBytes / 1e6)}MB`,
    threads: String(settings.threads),
    temp_directory: settings.spillFolder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const [name, path] of Object.entries(settings.views)) {
    await connection.run(`CREATE VIEW ${quoteName(name)} AS FROM ${await findVersionRows(path, firstCells)}`);
  }
  for (const [name, select] of Object.entries(settings.tables)) {
    await connection.run(`CREATE TABLE ${quoteName(name)} AS ${select}`);
  }
  if (!isUntrusted) return;
  // The footers of the views' files are read once and not for each statement.
  await connection.run('SET parquet_metadata_cache = true');
  // In this order, and as statements: as options of the instance they do not hold together.
  await connection.run(`SET allowed_paths = [${Object.values(settings.views).map(quoteLiteral).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

async function firstCells(sql: string): Promise<string[]> {
  return (await connection?.runAndReadAll(sql))?.getRows().map(([cell]) => String(cell)) ?? [];
}

async function explain(sql: string): Promise<string> {
  if (!connection) throw new Error('No session is open');
  if (isUntrusted) await prepareSelect(connection, sql);
  const explained = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`);
  return String(explained.getRows()[0]?.[1] ?? '');
}

async function query(sql: string, parameters: DuckDbParameter[]): Promise<void> {
  if (!connection) throw new Error('No session is open');
  const result = isUntrusted
    ? await streamSelect(await prepareSelect(connection, sql), parameters)
    : await connection.stream(sql, parameters);
  const types = result.columnTypes();
  send({
    kind: 'columns',
    columns: result.deduplicatedColumnNames().map((name, index) => ({ name, type: String(types[index]) })),
  });
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    await untilTaken();
    unread += 1;
    send({ kind: 'batch', rows: chunk.convertRows(convertCell) as DuckDbCell[][] });
  }
  send({ kind: 'done', rowsChanged: result.rowsChanged });
}

/** The last of several locks: the guard has seen the statement before, and the settings are locked. */
async function prepareSelect(open: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await open.extractStatements(sql);
  if (statements.count !== 1) throw new Error('There must be exactly one statement');
  const prepared = await statements.prepare(0);
  if (prepared.statementType !== StatementType.SELECT) throw new Error('Only SELECT is run');
  // Pragmas are prepared as SELECT, but are none to the serialiser.
  const tree = await open.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)::JSON->>'error'", [sql]);
  if (tree.getRows()[0]?.[0] !== 'false') throw new Error('Only SELECT is run');
  return prepared;
}

async function streamSelect(
  prepared: DuckDBPreparedStatement,
  parameters: DuckDbParameter[],
): Promise<DuckDBResult> {
  if (parameters.length > 0) prepared.bind(parameters);
  return await prepared.stream();
}

async function untilTaken(): Promise<void> {
  while (unread >= BATCHES_AHEAD) {
    await new Promise<void>((resolve) => {
      onTaken = resolve;
    });
  }
}

const runTask = (task: FileTask): Promise<InspectedFile | NormalisedFile> =>
  task.task === 'inspect' ? inspectFile(task.input) : normaliseFile(task.input);

function close(): void {
  connection?.closeSync();
  instance?.closeSync();
  connection = instance = undefined;
  unread = 0;
}

async function handle(message: ToProcess): Promise<void> {
  switch (message.kind) {
    case 'open':
      await open(message.settings);
      return send({ kind: 'opened' });
    case 'query':
      unread = 0;
      return await query(message.sql, message.parameters);
    case 'explain':
      return send({ kind: 'explained', plan: await explain(message.sql) });
    case 'task':
      return send({ kind: 'finished', result: await runTask(message.task) });
    case 'taken':
      unread -= 1;
      return onTaken?.();
    case 'interrupt':
      unread = 0;
      onTaken?.();
      return connection?.interrupt();
    case 'rest':
      return send({ kind: 'resting', grownBytes: dataBytes() - dataAtStart });
    case 'close':
      close();
      return send({ kind: 'closed', grownBytes: dataBytes() - dataAtStart });
  }
}

process.on('message', (message: ToProcess) => {
  handle(message).catch((error: unknown) => {
    send({
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
      ...(error instanceof QuaestorError ? { code: error.code, details: error.details } : {}),
    });
  });
});
process.on('disconnect', () => process.exit(0));
send({ kind: 'ready' });
