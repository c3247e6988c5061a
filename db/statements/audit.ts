import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

export interface AuditEntry {
  userId: string | null;
  /** Past tense: `question.asked`, `sql.executed`, `data-source.created`. */
  action: string;
  subjectId: string | null;
  data?: Record<string, unknown>;
}

export async function appendAudit(tx: Transaction, entry: AuditEntry): Promise<void> {
  await tx.query(
    'INSERT INTO audit_log (tenant_id, user_id, action, subject_id, data) VALUES ($1, $2, $3, $4, $5)',
    [tx.tenantId, entry.userId, entry.action, entry.subjectId, toJson(entry.data ?? {})],
  );
}
