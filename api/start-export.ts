import { v7 as uuidv7 } from 'uuid';
import type { ExportFormat, ExportOptions, ResultExport } from '../contracts/export.js';
import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { workflowIds } from '../contracts/workflows.js';
import { appendAudit } from '../db/statements/audit.js';
import { appendEvent } from '../db/statements/events.js';
import { getExport, insertExport } from '../db/statements/exports.js';
import { insertJob } from '../db/statements/jobs.js';
import { getQuestion } from '../db/statements/questions.js';
import type { ApiContext } from './api-context.js';
import { startJob } from './start-job.js';

export interface StartExport {
  caller: Caller;
  questionId: string;
  format: ExportFormat;
  options: ExportOptions;
}

/** Records an export and starts its job. @throws QuaestorError `not_found`, `conflict` for a question without rows, `engine_unavailable`. */
export async function startExport(
  deps: ApiContext,
  { caller, questionId, format, options }: StartExport,
): Promise<ResultExport> {
  const id = uuidv7();
  const job = { id: workflowIds.exportResult(id), kind: 'export-result', subjectId: questionId } as const;
  const created = await deps.db.withTenant(caller.tenantId, async (tx) => {
    const question = await getQuestion(tx, questionId);
    if (!question) throw new QuaestorError('not_found', 'There is no question with this id.');
    if (!question.answer) {
      throw new QuaestorError('conflict', `The question has no rows: it is ${question.status}.`, {
        details: { status: question.status },
      });
    }
    await insertJob(tx, job);
    await insertExport(tx, { id, questionId, jobId: job.id, format, options });
    await appendEvent(tx, job.id, 'job.queued', {}, 'queued');
    await appendAudit(tx, {
      userId: caller.userId,
      action: 'answer.exported',
      subjectId: questionId,
      data: { exportId: id, format, ...options },
    });
    return await getExport(tx, id);
  });
  await startJob(deps, caller.tenantId, job, () =>
    deps.engine.startExportResult({
      tenantId: caller.tenantId,
      tier: caller.tier,
      jobId: job.id,
      exportId: id,
      questionId,
      summary: `Export as ${format}: ${questionId}`,
    }),
  );
  return created!;
}
