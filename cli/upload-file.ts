import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ApiClient } from './api-client.js';
import { ApiProblemError, ApiUnreachableError } from './cli-error.js';
import { pause } from './pause.js';

/** From here on a file is sent so that a broken connection need not start over. */
const IN_PIECES_FROM_BYTES = 16 * 1024 ** 2;
/** Read at once: with small pieces a fast connection waits for the disk. */
const READ_BYTES = 1024 ** 2;
const MOST_ATTEMPTS_WITHOUT_PROGRESS = 8;
const LONGEST_WAIT_MS = 15_000;

export interface UploadFileOptions {
  path: string;
  name?: string | undefined;
  sheet?: string | undefined;
  /** An upload that was begun before. */
  resume?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Told the id of an upload in pieces, by which it can be resumed. */
  onBegun?: (uploadId: string, sizeBytes: number) => void;
  /** Told before a broken upload goes on. */
  onBroken?: (offsetBytes: number) => void;
}

/**
 * Uploads a file: a small one at once, a large one in pieces that go on by themselves after a broken connection or a restart of the
 * API. Gives the dataset and the job that reads it.
 * @throws ApiProblemError, ApiUnreachableError when it does not go on after eight attempts
 */
export async function uploadFile(
  client: ApiClient,
  options: UploadFileOptions,
): Promise<{ datasetId: string; jobId: string }> {
  const { path, resume, signal } = options;
  const fields = {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.sheet === undefined ? {} : { sheet: options.sheet }),
  };
  const { size: sizeBytes } = await stat(path);
  if (sizeBytes < IN_PIECES_FROM_BYTES && resume === undefined) {
    const { dataset, jobId } = await client.uploadDataset({ path, ...fields });
    return { datasetId: dataset.id, jobId };
  }
  const id = resume ?? (await client.createUpload({ sizeBytes, filename: basename(path), ...fields }));
  options.onBegun?.(id, sizeBytes);
  let offsetBytes = resume === undefined ? 0 : await client.readUploadOffset(id);
  for (let attempt = 1; ; attempt += 1) {
    const bytes = createReadStream(path, { start: offsetBytes, highWaterMark: READ_BYTES });
    try {
      const rest = { bytes, sizeBytes: sizeBytes - offsetBytes };
      const jobId = await client.continueUpload(id, offsetBytes, rest);
      // The answer with the job may have been lost with a connection.
      const known = jobId ?? (await client.listJobs()).find(({ subjectId }) => subjectId === id)?.id;
      if (known === undefined) throw new Error('The upload is whole, but no job reads it.');
      return { datasetId: id, jobId: known };
    } catch (error) {
      signal?.throwIfAborted();
      if (!canGoOn(error) || attempt >= MOST_ATTEMPTS_WITHOUT_PROGRESS) throw error;
      await pause(Math.min(LONGEST_WAIT_MS, 250 * 2 ** attempt), signal);
      const reached = await client.readUploadOffset(id).catch((problem: unknown) => {
        if (!canGoOn(problem)) throw problem;
        return offsetBytes;
      });
      if (reached > offsetBytes) attempt = 0;
      offsetBytes = reached;
      options.onBroken?.(offsetBytes);
    } finally {
      bytes.destroy();
    }
  }
}

const canGoOn = (error: unknown): boolean =>
  error instanceof ApiUnreachableError ||
  (error instanceof ApiProblemError &&
    (error.problem.status >= 500 || error.problem.code === 'upload_offset_mismatch'));
