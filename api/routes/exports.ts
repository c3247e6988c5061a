import { once } from 'node:events';
import { z } from 'zod';
import type { ExportFormat, ResultExport } from '../../contracts/export.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { Transaction } from '../../db/database.js';
import { getExport, getExportPart } from '../../db/statements/exports.js';
import type { ApiContext } from '../api-context.js';
import type { Routes } from '../route.js';
import { acceptedExportSchema, exportBody, exportSchema } from '../schemas/export.js';
import { idParams } from '../schemas/text.js';
import { startExport } from '../start-export.js';

const tag = 'Exports';

const CONTENT_TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
};

async function readExport(tx: Transaction, id: string): Promise<ResultExport> {
  const found = await getExport(tx, id);
  if (!found) throw new QuaestorError('not_found', 'There is no export with this id.');
  return found;
}

export function addExportRoutes(routes: Routes, deps: ApiContext): void {
  const { db } = deps;

  routes.route(
    {
      method: 'post',
      path: '/v1/questions/{id}/exports',
      operationId: 'exportRows',
      tag,
      summary: 'Write the rows of an answer into a file',
      description:
        'CSV holds every cell as the database printed it. XLSX and Parquet have types where nothing is lost by them; other cells are texts.',
      scope: 'questions:ask',
      params: idParams,
      body: exportBody,
      replies: { 202: { description: 'The job, also in `Location`.', schema: acceptedExportSchema } },
      errors: ['conflict', 'engine_unavailable'],
    },
    async ({ caller, params, body }) => {
      const { format, escapeFormulas } = body;
      const options = escapeFormulas ? { escapeFormulas } : {};
      const { id, jobId, status } = await startExport(deps, {
        caller,
        questionId: params.id,
        format,
        options,
      });
      const links = {
        export: `/v1/exports/${id}`,
        file: `/v1/exports/${id}/file`,
        job: `/v1/jobs/${jobId}`,
        events: `/v1/jobs/${jobId}/events`,
      };
      return { status: 202, body: { id, jobId, status, links }, headers: { Location: links.job } };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/exports/{id}',
      operationId: 'readExport',
      tag,
      summary: 'Read an export',
      scope: 'questions:ask',
      params: idParams,
      replies: { 200: { description: 'The export.', schema: exportSchema } },
    },
    async ({ caller, params }) => ({
      status: 200,
      body: await db.withTenant(caller.tenantId, async (tx) => readExport(tx, params.id)),
    }),
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/exports/{id}/file',
      operationId: 'downloadExport',
      tag,
      summary: 'Download the file of an export',
      scope: 'questions:ask',
      params: idParams,
      replies: {
        200: { description: 'The file.', contentType: 'application/octet-stream', schema: z.string() },
      },
      errors: ['conflict'],
    },
    async ({ caller, params, res }) => {
      const found = await db.withTenant(caller.tenantId, async (tx) => readExport(tx, params.id));
      if (found.sizeBytes === null) {
        throw new QuaestorError('conflict', `The file is not there: the export is ${found.status}.`, {
          details: { status: found.status },
        });
      }
      res
        .status(200)
        .set('Content-Type', CONTENT_TYPES[found.format])
        .set('Content-Length', String(found.sizeBytes))
        .set('Content-Disposition', `attachment; filename="${found.fileName}"`)
        .set('Cache-Control', 'private, no-store');
      for (let part = 0; !res.destroyed; part += 1) {
        const bytes = await db.withTenant(caller.tenantId, async (tx) => getExportPart(tx, found.id, part));
        if (!bytes) break;
        if (!res.write(bytes)) await Promise.race([once(res, 'drain'), once(res, 'close')]);
      }
      res.end();
      return undefined;
    },
  );
}
