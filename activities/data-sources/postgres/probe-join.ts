import type { PoolClient } from 'pg';
import type { JoinEnds } from '../../../contracts/schema-joins.js';
import { quoteIdentifier } from '../../../domain/canonical-names.js';
import type { JoinProbe } from '../../../domain/joins/score-joins.js';

/** Rows of the near table that values are taken of, and distinct values looked up. */
const NEAR_ROWS = 5_000;
const NEAR_VALUES = 200;
/** Rows of the far table in which a value may not come twice. */
const FAR_ROWS = 20_000;
/** On the server, for one candidate. */
const TIMEOUT_MS = 2_000;

/**
 * Looks values of one end of a join up at the other, with one bounded query. `withReach` asks how the near values lie among
 * the far ones, for a join of whole numbers. Throws what pg throws.
 */
export async function probeJoin(
  client: PoolClient,
  { fromTable, fromColumns, toTable, toColumns }: JoinEnds,
  { withReach }: { withReach: boolean },
): Promise<JoinProbe> {
  const near = fromColumns.map(quoteIdentifier);
  const far = toColumns.map(quoteIdentifier);
  const each = (write: (index: number) => string, between = ', ') =>
    near.map((_, index) => write(index)).join(between);
  const values = each((i) => `v${i}`);
  // How full the numbers up to the largest are is known where all rows were read, or where most came several times.
  const reach = `, max(v0)::float8 / nullif((SELECT max(${far[0]}) FROM ${toTable}), 0)::float8 AS reach,
    (SELECT CASE WHEN count(*) < ${NEAR_ROWS} OR count(*) >= 3 * count(DISTINCT v0)
                 THEN count(DISTINCT v0)::float8 / nullif(max(v0), 0)::float8 END FROM rows) AS fill`;
  const sql = `WITH rows AS MATERIALIZED (
      SELECT ${each((i) => `${near[i]} AS v${i}`)} FROM ${fromTable}
      WHERE ${each((i) => `${near[i]} IS NOT NULL`, ' AND ')} LIMIT ${NEAR_ROWS}),
    near AS (SELECT DISTINCT ${values} FROM rows LIMIT ${NEAR_VALUES})
    SELECT count(*)::int AS sampled,
           (count(*) FILTER (WHERE EXISTS (
             SELECT FROM ${toTable} t WHERE ${each((i) => `t.${far[i]} = near.v${i}`, ' AND ')})))::int AS found,
           NOT EXISTS (
             SELECT FROM (SELECT ${each((i) => `${far[i]} AS v${i}`)} FROM ${toTable}
                          WHERE ${each((i) => `${far[i]} IS NOT NULL`, ' AND ')} LIMIT ${FAR_ROWS}) f
             GROUP BY ${values} HAVING count(*) > 1) AS "isUnique"${withReach ? reach : ''}
    FROM near`;
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${TIMEOUT_MS}`);
    const { rows } = await client.query<JoinProbe>(sql);
    return rows[0]!;
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
