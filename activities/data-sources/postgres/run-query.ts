import type { EventEmitter } from 'node:events';
import pg from 'pg';
import { LIMITS } from '../../../contracts/limits.js';
import type { Cell, ResultColumn } from '../../../contracts/question.js';
import type { ExplainedQuery, QueryPlan, QueryRequest, QueryResult } from '../connector.js';
import { readCounts } from '../read-counts.js';
import { shownPlan } from '../shown-plan.js';
import { cutConnection, type SourcePools } from './source-pools.js';

/**
 * Prices a query and, when `shouldRun` agrees, runs it: all in one read-only transaction with a statement timeout on the
 * server. At most LIMITS.resultRows rows and LIMITS.resultBytes bytes are kept; one more of either sets `truncated`.
 * @throws QuaestorError with a `data_source_…` or `query_…` code.
 */
export async function explainAndRun(
  pools: SourcePools,
  request: QueryRequest,
  shouldRun: (plan: QueryPlan) => boolean | Promise<boolean>,
): Promise<ExplainedQuery> {
  return await pools.withClient(request.connectionString, request.signal, async (client) => {
    try {
      await client.query(
        // The guard parsed with standard strings and looked unqualified names up in public: the server must do the same.
        `BEGIN READ ONLY; SET LOCAL statement_timeout = ${Math.trunc(request.statementTimeoutMs)}; SET LOCAL TIME ZONE 'UTC';
         SET LOCAL standard_conforming_strings = on; SET LOCAL search_path = public; ${EXACT_OUTPUT}`,
      );
      const explainStarted = performance.now();
      // The extended protocol takes one statement only: the server refuses a second one by itself.
      const explained = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>({
        text: `EXPLAIN (FORMAT JSON) ${request.limitedSql}`,
        queryMode: 'extended',
      } as pg.QueryConfig);
      const root = explained.rows[0]?.['QUERY PLAN'][0].Plan;
      // The outermost step is the limit from outside: what its input would give is what the query itself gives.
      const inner = (root?.['Plans'] as unknown as [Record<string, number>] | undefined)?.[0] ?? root;
      const plan: QueryPlan = {
        estimatedCost: root?.['Total Cost'] ?? 0,
        estimatedRows: inner?.['Plan Rows'] ?? 0,
        ...shownPlan(root),
      };
      const explainMs = performance.now() - explainStarted;
      if (!(await shouldRun(plan))) return { plan, explainMs, queryMs: 0 };
      const queryStarted = performance.now();
      const result = await readRows(client, request.limitedSql, () =>
        pools.cancel(request.connectionString, client),
      );
      const queryMs = performance.now() - queryStarted;
      const wanted = result.truncated ? [] : ((await request.countsWanted?.()) ?? []);
      const counts = await readCounts(wanted, request.signal, (sql) =>
        countOf(client, sql, request.statementTimeoutMs),
      );
      return { plan, explainMs, result, queryMs, counts };
    } finally {
      await client.query('ROLLBACK').catch(() => undefined);
    }
  });
}

/** Undefined where the planner finds it dear. */
async function countOf(
  client: pg.PoolClient,
  sql: string,
  statementTimeoutMs: number,
): Promise<number[] | undefined> {
  const extended = { rowMode: 'array', queryMode: 'extended' } as const;
  const explained = await client.query<[[{ Plan: Record<string, number> }]]>({
    text: `EXPLAIN (FORMAT JSON) ${sql}`,
    ...extended,
  } as pg.QueryArrayConfig);
  const cost = explained.rows[0]?.[0][0].Plan['Total Cost'] ?? Number.POSITIVE_INFINITY;
  if (cost > LIMITS.countCost) return undefined;
  await client.query(
    `SET LOCAL statement_timeout = ${Math.min(LIMITS.countTimeoutMs, Math.trunc(statementTimeoutMs))}`,
  );
  const { rows } = await client.query<unknown[]>({ text: sql, ...extended } as pg.QueryArrayConfig);
  return rows[0]?.map(Number);
}

/** Values are told the same way whatever the settings of the database or the user are. */
const EXACT_OUTPUT =
  "SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1";

/** A row is known only when it has come whole, and one may have up to 1 GB: this much of the wire is taken in, and then the connection is cut. */
const WIRE_BYTES = LIMITS.resultBytes * 4;

/** What pg knows of a connection but does not tell. */
interface Wire extends EventEmitter {
  stream: EventEmitter;
}

/** Streams the rows and stops the statement on the server when the byte limit is reached. */
async function readRows(
  client: pg.PoolClient,
  sql: string,
  cancel: () => Promise<void>,
): Promise<QueryResult> {
  const rows: Cell[][] = [];
  let fields: pg.FieldDef[] = [];
  let bytes = 0;
  let wireBytes = 0;
  let isFull = false;
  let stopping: Promise<void> | undefined;
  const { connection } = client as unknown as { connection: Wire };
  const onFields = (message: { fields: pg.FieldDef[] }): void => {
    fields = message.fields;
  };
  const onData = (chunk: Buffer): void => {
    wireBytes += chunk.length;
    if (wireBytes <= WIRE_BYTES || stopping) return;
    isFull = true;
    stopping = cancel();
    cutConnection(client);
  };
  connection.once('rowDescription', onFields);
  connection.stream.on('data', onData);
  try {
    await new Promise<void>((resolve, reject) => {
      const query = new pg.Query<Cell[]>({
        text: sql,
        rowMode: 'array',
        queryMode: 'extended',
        types: { getTypeParser },
      } as pg.QueryConfig);
      query.on('row', (row: Cell[]) => {
        if (isFull) return;
        bytes += Buffer.byteLength(JSON.stringify(row));
        if (rows.length === LIMITS.resultRows || bytes > LIMITS.resultBytes) {
          isFull = true;
          if (bytes > LIMITS.resultBytes) stopping = cancel();
        } else {
          rows.push(row);
        }
      });
      query.on('end', () => resolve());
      // A statement that we stopped ourselves ends with "canceling statement", or with the connection: that is no error.
      query.on('error', (error: Error) => (stopping ? resolve() : reject(error)));
      client.query(query);
    });
    await stopping;
  } finally {
    connection.off('rowDescription', onFields);
    connection.stream.off('data', onData);
  }
  const columns = await describeColumns(client, fields, stopping !== undefined);
  return { columns, rows, truncated: isFull };
}

const EXACT_IN_JAVASCRIPT = new Set([16, 21, 23, 26]);
const FLOATS = new Set([700, 701]);

/**
 * Cells as JSON can hold them without loss: whole numbers up to 32 bits, finite floats and booleans as themselves, everything
 * else (int8, numeric, dates, json, arrays) as the text that Postgres prints.
 */
function getTypeParser(oid: number): (text: string) => Cell {
  if (oid === 16) return (text) => text === 't';
  if (EXACT_IN_JAVASCRIPT.has(oid)) return Number;
  if (FLOATS.has(oid)) return (text) => (Number.isFinite(Number(text)) ? Number(text) : text);
  return (text) => text;
}

const BUILT_IN_TYPES = new Map(
  Object.entries(pg.types.builtins).map(([name, oid]) => [oid, name.toLowerCase()]),
);

async function describeColumns(
  client: pg.PoolClient,
  fields: readonly pg.FieldDef[],
  isAborted: boolean,
): Promise<ResultColumn[]> {
  const unknown = fields.map((field) => field.dataTypeID).filter((oid) => !BUILT_IN_TYPES.has(oid));
  const names = new Map<number, string>();
  if (unknown.length > 0 && !isAborted) {
    const types = await client.query<{ oid: number; typname: string }>(
      'SELECT oid::int, typname FROM pg_type WHERE oid = ANY($1::oid[])',
      [unknown],
    );
    for (const type of types.rows) names.set(type.oid, type.typname);
  }
  return fields.map((field) => ({
    name: field.name,
    type: BUILT_IN_TYPES.get(field.dataTypeID) ?? names.get(field.dataTypeID) ?? 'unknown',
  }));
}
