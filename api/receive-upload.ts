import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import type { Request } from 'express';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { toDiskError } from '../platform/disk-error.js';
import { WRITE_BYTES } from '../platform/unfinished-uploads.js';
import { fileNameOf } from './uploads/upload-name.js';

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
export async function receiveUpload(req: Request, path: string, mostBytes: number): Promise<ReceivedUpload> {
  if (!req.is('multipart/form-data')) {
    throw new QuaestorError(
      'unsupported_media_type',
      'Send the file as multipart/form-data, in the field "file".',
    );
  }
  assertUploadSize(Number(req.headers['content-length'] ?? 0) - FIELD_BYTES * 10, mostBytes);
  const fields: Record<string, string> = {};
  let receiving: Promise<Omit<ReceivedUpload, 'fields'>> | undefined;
  let fault: QuaestorError | undefined;
  try {
    const form = busboy({
      headers: req.headers,
      defParamCharset: 'utf8',
      limits: { files: 1, fields: 10, fieldSize: FIELD_BYTES, fileSize: mostBytes + 1 },
    });
    form.on('field', (name, value) => {
      fields[name] = value;
    });
    form.on('filesLimit', () => {
      fault = new QuaestorError('invalid_request', 'Send one file at a time.');
    });
    form.on('file', (_name, stream, { filename }) => {
      receiving = receiveFile(stream, path, filename, mostBytes);
      // Without the file there is nothing to wait for: the form ends here.
      receiving.catch((error: unknown) => form.destroy(error as Error));
    });
    await pipeForm(req, form);
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

/** Unlike a pipeline it leaves the connection alive when the form ends early: there is an answer to send, and the rest is dropped. */
async function pipeForm(req: Request, form: Writable): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      form.once('close', resolve);
      form.once('error', reject);
      req.once('error', reject);
      req.once('close', () => {
        if (!req.complete) reject(new Error('The connection was broken off'));
      });
      req.pipe(form);
    });
  } catch (error) {
    req.unpipe(form);
    form.destroy();
    req.resume();
    throw error;
  }
}

/** @throws QuaestorError `dataset_too_large` */
export function assertUploadSize(sizeBytes: number, mostBytes: number): void {
  if (sizeBytes > mostBytes) throw tooLarge(mostBytes);
}

const tooLarge = (mostBytes: number): QuaestorError =>
  new QuaestorError(
    'dataset_too_large',
    `The file is larger than the ${Math.floor(mostBytes / 1024 ** 2)} MB that your tier may upload.`,
    { details: { mostBytes } },
  );

async function receiveFile(
  stream: NodeJS.ReadableStream,
  path: string,
  fileName: string | undefined,
  mostBytes: number,
): Promise<Omit<ReceivedUpload, 'fields'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > mostBytes) return done(tooLarge(mostBytes));
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(stream, meter, createWriteStream(path, { flags: 'wx', highWaterMark: WRITE_BYTES }));
  } catch (error) {
    throw toDiskError(error);
  }
  return { fileName: fileNameOf(fileName ?? ''), sizeBytes, sha256: hash.digest('hex') };
}
