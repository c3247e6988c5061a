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

/** Looks values of one end of a join (of one column) up at the other, with one bounded query. Throws what pg throws. */
export async function probeJoin(client: PoolClient, join: JoinEnds): Promise<JoinProbe> {
  const near = quoteIdentifier(join.fromColumns[0]!);
  const far = quoteIdentifier(join.toColumns[0]!);
  const sql = `WITH near AS (
      SELECT DISTINCT v FROM (SELECT ${near} AS v FROM ${join.fromTable} WHERE ${near} IS NOT NULL LIMIT ${NEAR_ROWS}) n LIMIT ${NEAR_VALUES})
    SELECT count(*)::int AS sampled,
           (count(*) FILTER (WHERE EXISTS (SELECT FROM ${join.toTable} t WHERE t.${far} = near.v)))::int AS found,
           NOT EXISTS (SELECT FROM (SELECT ${far} AS v FROM ${join.toTable} WHERE ${far} IS NOT NULL LIMIT ${FAR_ROWS}) f
                       GROUP BY v HAVING count(*) > 1) AS "isUnique"
    FROM near`;
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${TIMEOUT_MS}`);
    const { rows } = await client.query<JoinProbe>(sql);
    return rows[0]!;
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
