import type { Response } from 'express';
import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../../contracts/identity.js';
import { LIMITS } from '../../contracts/limits.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { getDataset } from '../../db/statements/datasets.js';
import { createUnfinishedUploads, type UnfinishedUpload } from '../../platform/unfinished-uploads.js';
import type { ApiContext } from '../api-context.js';
import { assertUploadSize } from '../receive-upload.js';
import type { Routes } from '../route.js';
import { uploadSchema } from '../schemas/dataset.js';
import { idParams } from '../schemas/text.js';
import { startIngestion } from '../start-ingestion.js';
import {
  assertTusVersion,
  byteHeader,
  parseUploadMetadata,
  TUS_VERSION,
} from '../uploads/parse-tus-headers.js';
import { datasetNameOf, fileNameOf } from '../uploads/upload-name.js';

const tag = 'Uploads';
const EXTENSIONS = 'creation,expiration,termination';
const PIECE_TYPE = 'application/offset+octet-stream';
const noSuchUpload = (): QuaestorError =>
  new QuaestorError('not_found', 'There is no upload with this id; it may have expired.');

/**
 * Uploads that can be broken off and go on, by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload). The id of an upload
 * is the id that its dataset gets.
 */
export function addUploadRoutes(routes: Routes, deps: ApiContext): void {
  const { db, config, files } = deps;
  const uploads = createUnfinishedUploads(files.folder);
  const tus = (res: Response): Response =>
    res.set({ 'Tus-Resumable': TUS_VERSION, 'Cache-Control': 'no-store' });

  /** The dataset of a whole file, and the job that reads it. Asked for again, it is the same dataset. */
  const finish = async (caller: Caller, upload: UnfinishedUpload, res: Response): Promise<void> => {
    const { id, name, fileName, sizeBytes, sheet } = upload;
    const sha256 = await uploads.complete(caller.tenantId, upload);
    const newDataset = { id, userId: upload.userId, name, fileName, sizeBytes, sha256 };
    const isKnown = await db.withTenant(
      caller.tenantId,
      async (tx) => (await getDataset(tx, id)) !== undefined,
    );
    if (!isKnown) {
      await files.keepOriginal({ tenantId: caller.tenantId, datasetId: id }, { sizeBytes, sha256 });
      const jobId = await startIngestion(deps, caller, { newDataset }, sheet ? { sheet } : undefined);
      res.set('Quaestor-Job', jobId);
    }
    await uploads.remove(caller.tenantId, id);
  };

  routes.route(
    {
      method: 'options',
      path: '/v1/uploads',
      operationId: 'describeUploads',
      tag,
      summary: 'What the tus server can do',
      scope: null,
      replies: { 204: { description: 'In `Tus-Version` and `Tus-Extension`.' } },
    },
    async ({ res }) => {
      tus(res).set({ 'Tus-Version': TUS_VERSION, 'Tus-Extension': EXTENSIONS });
      return { status: 204 };
    },
  );

  routes.route(
    {
      method: 'post',
      path: '/v1/uploads',
      operationId: 'createUpload',
      tag,
      summary: 'Begin an upload that can be resumed',
      description:
        'By tus 1.0.0, with `Upload-Length` and, in `Upload-Metadata`, `filename`, `name` and `sheet`. The bytes follow by PATCH to `Location`. What is not whole after a day is removed.',
      scope: 'data-sources:write',
      limit: 'uploads',
      replies: { 201: { description: 'The upload is at `Location`, until `Upload-Expires`.' } },
      errors: [
        'dataset_disk_full',
        'dataset_store_refused',
        'dataset_store_unavailable',
        'dataset_too_large',
        'invalid_request',
        'tus_version_unsupported',
      ],
    },
    async ({ caller, req, res }) => {
      assertTusVersion(req);
      const sizeBytes = byteHeader(req, 'upload-length');
      assertUploadSize(sizeBytes, config.uploadBytes[caller.tier]);
      const fields = parseUploadMetadata(req.get('upload-metadata'));
      const fileName = fileNameOf(fields['filename'] ?? '');
      const name = datasetNameOf(fields['name'], fileName);
      const { sheet } = fields;
      const id = uuidv7();
      const expiresAt = new Date(Date.now() + LIMITS.uploadTtlMs);
      await uploads.create(caller.tenantId, {
        id,
        userId: caller.userId,
        fileName,
        name,
        ...(sheet ? { sheet } : {}),
        sizeBytes,
        expiresAt: expiresAt.toISOString(),
      });
      const upload = await uploads.find(caller.tenantId, id);
      // Nothing follows an empty file.
      if (upload && sizeBytes === 0) await finish(caller, upload, res);
      tus(res).set({ Location: `/v1/uploads/${id}`, 'Upload-Expires': expiresAt.toUTCString() });
      return { status: 201 };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/uploads/{id}',
      operationId: 'readUpload',
      tag,
      summary: 'How much of an upload is there',
      description: 'HEAD is what tus asks for; the fields are also in `Upload-Offset` and `Upload-Length`.',
      scope: 'data-sources:write',
      params: idParams,
      replies: { 200: { description: 'Bytes that are there, and in all.', schema: uploadSchema } },
      errors: [
        'dataset_disk_full',
        'dataset_store_refused',
        'dataset_store_unavailable',
        'engine_unavailable',
      ],
    },
    async ({ caller, params, res }) => {
      const upload = await uploads.find(caller.tenantId, params.id);
      // The process may have died between the last byte and the dataset.
      if (upload && upload.offsetBytes === upload.sizeBytes) await finish(caller, upload, res);
      const dataset = upload
        ? undefined
        : await db.withTenant(caller.tenantId, (tx) => getDataset(tx, params.id));
      const sizeBytes = upload?.sizeBytes ?? dataset?.sizeBytes;
      if (sizeBytes === undefined) throw noSuchUpload();
      const offsetBytes = upload?.offsetBytes ?? sizeBytes;
      tus(res).set({ 'Upload-Offset': String(offsetBytes), 'Upload-Length': String(sizeBytes) });
      if (upload) res.set('Upload-Expires', new Date(upload.expiresAt).toUTCString());
      return {
        status: 200,
        body: { id: params.id, offsetBytes, sizeBytes, isWhole: offsetBytes === sizeBytes },
      };
    },
  );

  routes.route(
    {
      method: 'patch',
      path: '/v1/uploads/{id}',
      operationId: 'continueUpload',
      tag,
      summary: 'Send bytes of an upload',
      description: `From \`Upload-Offset\` on, as \`${PIECE_TYPE}\`. With the last byte the dataset with this id begins to be read; the job is in \`Quaestor-Job\`.`,
      scope: 'data-sources:write',
      params: idParams,
      replies: { 204: { description: 'What is there now is in `Upload-Offset`.' } },
      errors: [
        'dataset_disk_full',
        'dataset_store_refused',
        'dataset_store_unavailable',
        'dataset_too_large',
        'engine_unavailable',
        'invalid_request',
        'tus_version_unsupported',
        'unsupported_media_type',
        'upload_offset_mismatch',
      ],
    },
    async ({ caller, params, req, res }) => {
      assertTusVersion(req);
      if (!req.is(PIECE_TYPE)) {
        throw new QuaestorError('unsupported_media_type', `Send the bytes as ${PIECE_TYPE}.`);
      }
      const from = byteHeader(req, 'upload-offset');
      const upload = await uploads.find(caller.tenantId, params.id);
      if (!upload) {
        // A client that did not hear that its last byte came asks once more with nothing.
        const dataset = await db.withTenant(caller.tenantId, (tx) => getDataset(tx, params.id));
        if (dataset?.sizeBytes !== from) throw noSuchUpload();
        tus(res).set('Upload-Offset', String(from));
        return { status: 204 };
      }
      const offsetBytes = await uploads.append(caller.tenantId, params.id, from, req);
      tus(res).set('Upload-Offset', String(offsetBytes));
      if (offsetBytes === upload.sizeBytes) await finish(caller, upload, res);
      else res.set('Upload-Expires', new Date(upload.expiresAt).toUTCString());
      return { status: 204 };
    },
  );

  routes.route(
    {
      method: 'delete',
      path: '/v1/uploads/{id}',
      operationId: 'deleteUpload',
      tag,
      summary: 'Give an upload up',
      scope: 'data-sources:write',
      params: idParams,
      replies: { 204: { description: 'Its bytes are removed.' } },
      errors: ['tus_version_unsupported'],
    },
    async ({ caller, params, req, res }) => {
      assertTusVersion(req);
      if (!(await uploads.find(caller.tenantId, params.id))) throw noSuchUpload();
      await uploads.remove(caller.tenantId, params.id);
      tus(res);
      return { status: 204 };
    },
  );
}
