import type { ExportFormat, ExportOptions, ResultExport } from '../../contracts/export.js';
import type { JobStatus } from '../../contracts/job.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

export async function insertExport(
  tx: Transaction,
  row: { id: string; questionId: string; jobId: string; format: ExportFormat; options: ExportOptions },
): Promise<void> {
  await tx.query(
    `INSERT INTO exports (id, tenant_id, question_id, job_id, format, options) VALUES ($1, $2, $3, $4, $5, $6)`,
    [row.id, tx.tenantId, row.questionId, row.jobId, row.format, toJson(row.options)],
  );
}

export async function getExport(tx: Transaction, id: string): Promise<ResultExport | undefined> {
  const [row] = await tx.query<{
    question_id: string;
    job_id: string;
    format: ExportFormat;
    options: ExportOptions;
    status: JobStatus;
    size_bytes: string | null;
    created_at: Date;
  }>(
    `SELECT e.question_id, e.job_id, e.format, e.options, j.status, e.size_bytes, e.created_at
     FROM exports e JOIN jobs j ON j.id = e.job_id WHERE e.id = $1`,
    [id],
  );
  return (
    row && {
      id,
      questionId: row.question_id,
      jobId: row.job_id,
      format: row.format,
      options: row.options,
      status: row.status,
      fileName: `answer-${row.question_id}.${row.format}`,
      sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
      createdAt: row.created_at.toISOString(),
    }
  );
}

/** Writes the whole file anew: a repeated step replaces what a broken one left. */
export async function saveExportFile(tx: Transaction, id: string, parts: readonly Buffer[]): Promise<void> {
  await tx.query('DELETE FROM export_parts WHERE export_id = $1', [id]);
  let sizeBytes = 0;
  for (const [part, bytes] of parts.entries()) {
    await tx.query('INSERT INTO export_parts (tenant_id, export_id, part, bytes) VALUES ($1, $2, $3, $4)', [
      tx.tenantId,
      id,
      part,
      bytes,
    ]);
    sizeBytes += bytes.length;
  }
  await tx.query('UPDATE exports SET size_bytes = $2 WHERE id = $1', [id, sizeBytes]);
}

/** One part of a file; undefined beyond the last. */
export async function getExportPart(tx: Transaction, id: string, part: number): Promise<Buffer | undefined> {
  const [row] = await tx.query<{ bytes: Buffer }>(
    'SELECT bytes FROM export_parts WHERE export_id = $1 AND part = $2',
    [id, part],
  );
  return row?.bytes;
}
