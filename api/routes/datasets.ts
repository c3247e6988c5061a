import { v7 as uuidv7 } from 'uuid';
import type { Dataset } from '../../contracts/dataset.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { appendAudit } from '../../db/statements/audit.js';
import { removeUnusedProfiles } from '../../db/statements/dataset-profiles.js';
import { deleteDataset, getDataset, getDatasetPreview, listDatasets } from '../../db/statements/datasets.js';
import { listActiveJobs } from '../../db/statements/jobs.js';
import { listScheduledQuestions } from '../../db/statements/question-schedules.js';
import type { DatasetRef } from '../../platform/dataset-store/dataset-store.js';
import type { ApiContext } from '../api-context.js';
import { receiveUpload } from '../receive-upload.js';
import type { Routes } from '../route.js';
import {
  acceptedDatasetSchema,
  datasetListSchema,
  datasetOverrideBody,
  datasetRejectsSchema,
  datasetRowsSchema,
  datasetSchema,
} from '../schemas/dataset.js';
import { idParams } from '../schemas/text.js';
import { startIngestion } from '../start-ingestion.js';
import { datasetNameOf } from '../uploads/upload-name.js';

const tag = 'Datasets';
const LISTED = 200;
const noSuchDataset = (): QuaestorError =>
  new QuaestorError('not_found', 'There is no dataset with this id.');

/** Uploading files and seeing how they were read. Reading them is the work of jobs. */
export function addDatasetRoutes(routes: Routes, deps: ApiContext): void {
  const { db, config, files } = deps;
  const read = async (tenantId: string, id: string): Promise<Dataset> => {
    const dataset = await db.withTenant(tenantId, (tx) => getDataset(tx, id));
    if (!dataset) throw noSuchDataset();
    return dataset;
  };
  /** What cannot be removed now has no row, and is swept later. */
  const removeFiles = async (ref: DatasetRef): Promise<void> => {
    await files.remove(ref).catch((error: unknown) => {
      deps.logger.warn({ err: error, datasetId: ref.datasetId }, 'could not remove the files of a dataset');
    });
  };
  const accepted = async (tenantId: string, id: string, jobId: string) => {
    const links = {
      dataset: `/v1/datasets/${id}`,
      job: `/v1/jobs/${jobId}`,
      events: `/v1/jobs/${jobId}/events`,
    };
    return {
      status: 202,
      body: { dataset: await read(tenantId, id), jobId, links },
      headers: { Location: links.job },
    };
  };

  routes.route(
    {
      method: 'post',
      path: '/v1/datasets',
      operationId: 'uploadDataset',
      tag,
      summary: 'Upload a file',
      description:
        'A form (multipart/form-data) with the field `file`, `name` if it shall not be called as the file is, and `sheet` for another sheet of a workbook than the first. CSV in any common dialect, JSON, Parquet or XLSX, plain or compressed by gzip or zstd; the content decides, not the name. The job reads it.',
      scope: 'data-sources:write',
      limit: 'uploads',
      replies: { 202: { description: 'Kept; the job is in `Location`.', schema: acceptedDatasetSchema } },
      errors: [
        'dataset_disk_full',
        'dataset_store_refused',
        'dataset_store_unavailable',
        'dataset_too_large',
        'engine_unavailable',
        'invalid_request',
        'unsupported_media_type',
      ],
    },
    async ({ caller, req }) => {
      const id = uuidv7();
      const ref = { tenantId: caller.tenantId, datasetId: id };
      const path = await files.draftOriginal(ref);
      try {
        const file = await receiveUpload(req, path, config.uploadBytes[caller.tier]);
        const name = datasetNameOf(file.fields['name'], file.fileName);
        const { fileName, sizeBytes, sha256 } = file;
        const { sheet } = file.fields;
        await files.keepOriginal(ref, { sizeBytes, sha256 });
        const newDataset = { id, userId: caller.userId, name, fileName, sizeBytes, sha256 };
        const jobId = await startIngestion(deps, caller, { newDataset }, sheet ? { sheet } : undefined);
        return await accepted(caller.tenantId, id, jobId);
      } catch (error) {
        const isKept = await db
          .withTenant(caller.tenantId, (tx) => getDataset(tx, id))
          .then((dataset) => dataset !== undefined)
          .catch(() => true);
        if (!isKept) await removeFiles(ref);
        throw error;
      }
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/datasets',
      operationId: 'listDatasets',
      tag,
      summary: 'List the datasets',
      scope: 'data-sources:read',
      replies: { 200: { description: `The newest ${LISTED}.`, schema: datasetListSchema } },
    },
    async ({ caller }) => ({
      status: 200,
      body: { datasets: await db.withTenant(caller.tenantId, (tx) => listDatasets(tx, LISTED)) },
    }),
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/datasets/{id}',
      operationId: 'readDataset',
      tag,
      summary: 'Read how a file was read: dialect with evidence, columns, counts',
      scope: 'data-sources:read',
      params: idParams,
      replies: { 200: { description: 'The dataset.', schema: datasetSchema } },
    },
    async ({ caller, params }) => ({ status: 200, body: await read(caller.tenantId, params.id) }),
  );

  const preview = async (tenantId: string, id: string) => {
    const dataset = await read(tenantId, id);
    const kept = await db.withTenant(tenantId, (tx) => getDatasetPreview(tx, id));
    if (!dataset.version || !kept)
      throw new QuaestorError('dataset_not_ready', 'The dataset has no version yet.');
    return { columns: dataset.version.columns, ...kept };
  };

  routes.route(
    {
      method: 'get',
      path: '/v1/datasets/{id}/rows',
      operationId: 'previewDataset',
      tag,
      summary: 'The first rows',
      description: 'At most 200; the last column, `__row`, is the number of the record in the file.',
      scope: 'data-sources:read',
      params: idParams,
      replies: { 200: { description: 'Columns and rows.', schema: datasetRowsSchema } },
      errors: ['dataset_not_ready'],
    },
    async ({ caller, params }) => {
      const { columns, rows } = await preview(caller.tenantId, params.id);
      const names = columns.map(({ name, type }) => ({ name, type }));
      return { status: 200, body: { columns: [...names, { name: '__row', type: 'BIGINT' }], rows } };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/datasets/{id}/rejects',
      operationId: 'readDatasetRejects',
      tag,
      summary: 'Cells that a typed column does not give back, and records outside of the table',
      description: 'The first 1,000, by line; each with its text and a reason.',
      scope: 'data-sources:read',
      params: idParams,
      replies: { 200: { description: 'The cells.', schema: datasetRejectsSchema } },
      errors: ['dataset_not_ready'],
    },
    async ({ caller, params }) => ({
      status: 200,
      body: { rejects: (await preview(caller.tenantId, params.id)).rejects },
    }),
  );

  routes.route(
    {
      method: 'post',
      path: '/v1/datasets/{id}/read',
      operationId: 'rereadDataset',
      tag,
      summary: 'Read the file again, with another dialect',
      description:
        'What is left out is detected. The version that is on stays on until the new one is whole.',
      scope: 'data-sources:write',
      limit: 'uploads',
      params: idParams,
      body: datasetOverrideBody,
      replies: { 202: { description: 'The job, also in `Location`.', schema: acceptedDatasetSchema } },
      errors: ['conflict', 'engine_unavailable'],
    },
    async ({ caller, params, body }) => {
      const jobId = await startIngestion(deps, caller, { datasetId: params.id }, body);
      return await accepted(caller.tenantId, params.id, jobId);
    },
  );

  routes.route(
    {
      method: 'delete',
      path: '/v1/datasets/{id}',
      operationId: 'deleteDataset',
      tag,
      summary: 'Delete a dataset with its file and versions',
      description:
        'The questions about it go too, with their answers and schedules, and the verified examples that read nothing but deleted datasets.',
      scope: 'data-sources:write',
      params: idParams,
      replies: { 204: { description: 'Deleted.' } },
      errors: ['engine_unavailable'],
    },
    async ({ caller, params }) => {
      await read(caller.tenantId, params.id);
      // First the schedules: one that outlives its dataset would start runs of nothing for ever.
      const scheduled = await db.withTenant(caller.tenantId, async (tx) =>
        listScheduledQuestions(tx, params.id),
      );
      for (const questionId of scheduled) await deps.engine.deleteQuestionSchedule(questionId);
      const running = await db.withTenant(caller.tenantId, async (tx) => {
        const jobs = await listActiveJobs(tx, params.id);
        if (!(await deleteDataset(tx, params.id))) throw noSuchDataset();
        await removeUnusedProfiles(tx);
        await appendAudit(tx, {
          userId: caller.userId,
          action: 'dataset.deleted',
          subjectId: params.id,
          data: {},
        });
        return jobs;
      });
      for (const job of running) {
        await deps.engine.cancel(job.id).catch((error: unknown) => {
          deps.logger.warn({ err: error, jobId: job.id }, 'could not cancel a job of a deleted dataset');
        });
      }
      await removeFiles({ tenantId: caller.tenantId, datasetId: params.id });
      return { status: 204 };
    },
  );
}
