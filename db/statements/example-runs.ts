import type { JobStatus } from '../../contracts/job.js';
import {
  type ExampleOutcome,
  type ExampleOwner,
  type ExampleResult,
  type ExampleRun,
  ownerId,
} from '../../contracts/verified-example.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

export async function insertExampleRun(
  tx: Transaction,
  run: ExampleOwner & { id: string; jobId: string; reason: ExampleRun['reason'] },
): Promise<void> {
  await tx.query(
    `INSERT INTO example_runs (id, tenant_id, data_source_id, dataset_id, job_id, reason) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO NOTHING`,
    [run.id, tx.tenantId, run.dataSourceId ?? null, run.datasetId ?? null, run.jobId, run.reason],
  );
}

/** A repeated step replaces what it wrote. */
export async function saveExampleResult(
  tx: Transaction,
  runId: string,
  result: ExampleResult,
): Promise<void> {
  await tx.query(
    `INSERT INTO example_results (tenant_id, run_id, mapping_id, question, outcome, expected_rows, row_count, added_columns,
                                  removed_columns, error, duration_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (run_id, mapping_id) DO UPDATE
       SET outcome = $5, row_count = $7, added_columns = $8, removed_columns = $9, error = $10, duration_ms = $11`,
    [
      tx.tenantId,
      runId,
      result.exampleId,
      result.question,
      result.outcome,
      result.expectedRows,
      result.rowCount,
      result.addedColumns,
      result.removedColumns,
      result.error && toJson(result.error),
      result.durationMs,
    ],
  );
}

export async function countOutcomes(tx: Transaction, runId: string): Promise<ExampleRun['counts']> {
  const rows = await tx.query<{ outcome: ExampleOutcome; count: number }>(
    'SELECT outcome, count(*)::integer AS count FROM example_results WHERE run_id = $1 GROUP BY outcome',
    [runId],
  );
  return toCounts(rows);
}

/** Newest first, at most `limit`. */
export async function listExampleRuns(
  tx: Transaction,
  owner: ExampleOwner,
  limit: number,
): Promise<ExampleRun[]> {
  const rows = await tx.query<{
    id: string;
    job_id: string;
    status: JobStatus;
    reason: ExampleRun['reason'];
    created_at: Date;
    results: ExampleResult[];
  }>(
    `SELECT r.id, r.job_id, j.status, r.reason, r.created_at, (
       SELECT coalesce(jsonb_agg(jsonb_build_object(
         'exampleId', e.mapping_id, 'question', e.question, 'outcome', e.outcome, 'expectedRows', e.expected_rows,
         'rowCount', e.row_count, 'addedColumns', e.added_columns, 'removedColumns', e.removed_columns, 'error', e.error,
         'durationMs', e.duration_ms) ORDER BY e.mapping_id), '[]')
       FROM example_results e WHERE e.run_id = r.id) AS results
     FROM example_runs r JOIN jobs j ON j.id = r.job_id
     WHERE r.${owner.dataSourceId === undefined ? 'dataset_id' : 'data_source_id'} = $1
     ORDER BY r.created_at DESC, r.id DESC LIMIT $2`,
    [ownerId(owner), limit],
  );
  return rows.map(({ results, ...row }) => ({
    id: row.id,
    jobId: row.job_id,
    status: row.status,
    reason: row.reason,
    counts: toCounts(results.map(({ outcome }) => ({ outcome, count: 1 }))),
    differences: results.filter(({ outcome }) => outcome !== 'same'),
    createdAt: row.created_at.toISOString(),
  }));
}

function toCounts(rows: readonly { outcome: ExampleOutcome; count: number }[]): ExampleRun['counts'] {
  const counts = { same: 0, rows_changed: 0, columns_changed: 0, failed: 0 };
  for (const { outcome, count } of rows) counts[outcome] += count;
  return counts;
}
