import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import type { Request } from 'express';
import { LIMITS } from '../contracts/limits.js';
import { QuaestorError } from '../contracts/quaestor-error.js';

export interface ReceivedUpload {
  fileName: string;
  sizeBytes: number;
  /** In hex. */
  sha256: string;
  /** The form's other fields that came before or after the file. */
  fields: Record<string, string>;
}

const FIELD_BYTES = 4_096;

/**
 * Writes the one file of a multipart form to `path` while it arrives, hashing it, in constant memory.
 * @throws QuaestorError `unsupported_media_type`, `dataset_too_large`, `invalid_request`, `dataset_disk_full`
 */
export async function receiveUpload(req: Request, path: string): Promise<ReceivedUpload> {
  if (!req.is('multipart/form-data')) {
    throw new QuaestorError(
      'unsupported_media_type',
      'Send the file as multipart/form-data, in the field "file".',
    );
  }
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > LIMITS.datasetBytes + FIELD_BYTES * 10) throw tooLarge();
  const fields: Record<string, string> = {};
  let receiving: Promise<Omit<ReceivedUpload, 'fields'>> | undefined;
  let fault: QuaestorError | undefined;
  try {
    const form = busboy({
      headers: req.headers,
      defParamCharset: 'utf8',
      limits: { files: 1, fields: 10, fieldSize: FIELD_BYTES, fileSize: LIMITS.datasetBytes + 1 },
    });
    form.on('field', (name, value) => {
      fields[name] = value;
    });
    form.on('filesLimit', () => {
      fault = new QuaestorError('invalid_request', 'Send one file at a time.');
    });
    form.on('file', (_name, stream, { filename }) => {
      receiving = receiveFile(stream, path, filename);
      // The form goes on, and ends, when the file could not be kept.
      receiving.catch(() => stream.resume());
    });
    await pipeline(req, form);
  } catch (error) {
    await receiving?.catch(() => undefined);
    throw error instanceof QuaestorError
      ? error
      : new QuaestorError('invalid_request', 'The form is broken or was broken off.', { cause: error });
  }
  if (fault) throw fault;
  if (!receiving) throw new QuaestorError('invalid_request', 'The form has no file.');
  return { ...(await receiving), fields };
}

const tooLarge = (): QuaestorError =>
  new QuaestorError('dataset_too_large', `The file is larger than ${LIMITS.datasetBytes / 1024 ** 3} GB.`);

async function receiveFile(
  stream: NodeJS.ReadableStream,
  path: string,
  fileName: string | undefined,
): Promise<Omit<ReceivedUpload, 'fields'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > LIMITS.datasetBytes) return done(tooLarge());
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(stream, meter, createWriteStream(path, { flags: 'wx' }));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new QuaestorError('dataset_disk_full', 'There is no room left for the file.', { cause: error });
    }
    throw error;
  }
  return { fileName: baseName(fileName ?? ''), sizeBytes, sha256: hash.digest('hex') };
}

/** A name to show, never a path to open. */
const baseName = (name: string): string =>
  (name.split(/[\\/]/).at(-1) ?? '').replaceAll(/\p{Cc}/gu, '').slice(0, 200) || 'file';
