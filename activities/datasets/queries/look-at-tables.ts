import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { ForeignKey, RegistryTable, SampledValues } from '../../../contracts/schema-registry.js';
import { duckDbIdentifier } from '../../../domain/duckdb-identifier.js';
import { findJoinCandidates } from '../../../domain/joins/find-join-candidates.js';
import type { JoinCandidate } from '../../../domain/joins/join-candidate.js';
import { type JoinProbe, scoreJoins, USED_CONFIDENCE } from '../../../domain/joins/score-joins.js';
import { columnsToSample, keepValueLists, SAMPLING } from '../../data-sources/value-lists.js';
import type { DuckDbPool } from '../duckdb/duckdb-pool.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import type { SessionTables } from './session-tables.js';

export interface LookedAt {
  /** Lists of choices of each table that was to be sampled, by the name of the table. */
  values: Map<string, SampledValues>;
  joins: ForeignKey[];
}

/** All statements together; what is not reached by then is left out this time. */
const BUDGET_MS = 5_000;
/** Rows of the far side of a join that are looked at, and values of the near side. */
const PROBE_ROWS = 200_000;
const PROBE_VALUES = 200;
const MAX_PROBES = 20;

/**
 * Reads what the words of a question are held against: lists of choices of text columns, and whether columns that are named alike join.
 * Each with a bounded statement; one that fails is left out.
 */
export async function lookAtTables(
  pool: DuckDbPool,
  input: {
    session: SessionTables;
    tables: readonly RegistryTable[];
    /** Names of the tables whose values are not known yet. */
    toSample: ReadonlySet<string>;
    acquireTimeoutMs: number;
    signal: AbortSignal;
  },
): Promise<LookedAt> {
  const { acquireTimeoutMs, signal, tables } = input;
  const looked: LookedAt = { values: new Map(), joins: [] };
  // Weak ones need a look that this probe does not take.
  const candidates = findJoinCandidates(tables, [])
    .filter(({ isWeak }) => !isWeak)
    .slice(0, MAX_PROBES);
  if (input.toSample.size === 0 && candidates.length === 0) return looked;
  const options = { ...input.session, acquireTimeoutMs, signal, timeoutMs: BUDGET_MS, isUntrusted: true };
  try {
    await pool.withSession(options, async (session) => {
      for (const table of tables) {
        if (!input.toSample.has(table.tableName)) continue;
        const values = await unlessRefused(() => sampleTable(session, table));
        if (values) looked.values.set(table.tableName, values);
      }
      const probes = new Map<number, JoinProbe>();
      for (const [index, candidate] of candidates.entries()) {
        const probe = await unlessRefused(() => probeJoin(session, candidate));
        if (probe) probes.set(index, probe);
      }
      looked.joins = scoreJoins(candidates, probes)
        .filter(({ confidence }) => confidence >= USED_CONFIDENCE)
        .map(({ fromColumns, fromTable, toColumns, toTable }) => ({
          name: `${fromTable}_${fromColumns.join('_')}`,
          fromTable,
          fromColumns,
          toTable,
          toColumns,
          isInferred: true,
        }));
    });
  } catch (error) {
    signal.throwIfAborted();
    // What was looked at helps the answer, and no answer fails for want of it.
    if (!(error instanceof QuaestorError)) throw error;
  }
  return looked;
}

const unlessRefused = async <Result>(work: () => Promise<Result>): Promise<Result | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof QuaestorError && error.code === 'query_failed') return undefined;
    throw error;
  }
};

async function sampleTable(session: DuckDbSession, table: RegistryTable): Promise<SampledValues> {
  const texts = table.columns.filter(({ dataType }) => /^(varchar|enum)/.test(dataType));
  const sampled = columnsToSample(table, texts);
  const { columns } = sampled;
  if (columns.length === 0) return {};
  const list = columns.map(
    ({ name }, index) => `left(${duckDbIdentifier(name)}, ${SAMPLING.maxChars + 1}) AS v${index}`,
  );
  const distinct = columns.map(
    (_, index) =>
      `(SELECT ${index} AS place, v FROM (SELECT DISTINCT v${index} AS v FROM sampled WHERE v${index} <> '' LIMIT ${SAMPLING.maxDistinct + 1}))`,
  );
  const { rows } = await session.all(
    `WITH sampled AS MATERIALIZED (SELECT ${list.join(', ')} FROM ${table.canonicalTableName} LIMIT ${SAMPLING.maxRows})
     ${distinct.join(' UNION ALL ')}`,
  );
  return keepValueLists(
    sampled,
    rows.map(([place, v]) => ({ place: Number(place), v: String(v) })),
  ).values;
}

async function probeJoin(session: DuckDbSession, candidate: JoinCandidate): Promise<JoinProbe> {
  const near = duckDbIdentifier(candidate.fromColumns[0]!);
  const far = duckDbIdentifier(candidate.toColumns[0]!);
  const { rows } = await session.all(
    `WITH far AS MATERIALIZED (SELECT ${far} AS k FROM ${candidate.toTable} WHERE ${far} IS NOT NULL LIMIT ${PROBE_ROWS}),
          near AS (SELECT DISTINCT ${near} AS k FROM (SELECT ${near} FROM ${candidate.fromTable} WHERE ${near} IS NOT NULL LIMIT ${PROBE_ROWS}) LIMIT ${PROBE_VALUES})
     SELECT (SELECT count(*) FROM near), (SELECT count(*) FROM near WHERE k IN (SELECT k FROM far)),
            (SELECT count(*) = count(DISTINCT k) FROM far), (SELECT count(*) FROM far)`,
  );
  const [sampled, found, isUnique, farRows] = rows[0] ?? [];
  // Of a far side that was not looked at whole, values that were not found may be in the rest.
  const isWhole = Number(farRows) < PROBE_ROWS;
  return {
    sampled: Number(sampled),
    found: isWhole ? Number(found) : Number(sampled),
    isUnique: isUnique === true,
  };
}
