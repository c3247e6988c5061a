import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { v7 as uuidv7 } from 'uuid';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { S3StoreConfig } from '../../config.js';
import type { OriginalFacts } from '../dataset-store.js';
import { isNotOffered, toStoreError } from './s3-error.js';

/** Parts of equal size, as R2 wants them; 10,000 of them are more than any tier may upload. */
const PART_BYTES = 8 * 1024 ** 2;
/** In flight at once for one file: two are sent while the next is read, so a file costs some 24 MB of memory whatever its size. */
const PARTS_AT_ONCE = 2;
/** Of one request. S3 says 503 to those that come too fast and expects them again soon; what lasts longer is a matter of the engine. */
const ATTEMPTS = 3;
const CONNECT_MS = 5_000;
/** A connection on which nothing moves for so long is dead. */
const SILENCE_MS = 30_000;
/** The end of the name of a copy that is not whole yet. */
export const FETCHING = '.fetching';

export interface ListedObject {
  key: string;
  modifiedAt: number;
}

/** Objects of a bucket as files of this machine. Every call throws `dataset_store_unavailable` or `dataset_store_refused`, or the signal's reason. */
export interface S3Objects {
  /** Resolves when the whole object is there, with its hash beside it. */
  put(key: string, path: string, facts: OriginalFacts, signal?: AbortSignal): Promise<void>;
  /** Writes the object to `path` at once when it has come whole and with the right hash. @throws QuaestorError `dataset_unreadable`, `dataset_file_damaged` */
  get(key: string, path: string, signal: AbortSignal): Promise<OriginalFacts>;
  /** Everything whose name begins so, in the order of names. */
  list(prefix: string): AsyncIterable<ListedObject>;
  removeUnder(prefix: string): Promise<void>;
  /** Uploads that were begun before then and never finished, among the names that `isOurs` knows. */
  removeUnfinished(prefix: string, begunBefore: number, isOurs: (key: string) => boolean): Promise<number>;
  check(signal?: AbortSignal): Promise<void>;
}

export function createS3Objects({ bucket, endpoint, pathStyle, prefix, region }: S3StoreConfig): S3Objects {
  const client = new S3Client({
    region,
    ...(endpoint ? { endpoint } : {}),
    forcePathStyle: pathStyle,
    maxAttempts: ATTEMPTS,
    // Stores that are compatible rather than Amazon's do not all know the newer checksums; the hash beside the object is ours.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
  });

  const saying = async <Result>(
    action: string,
    signal: AbortSignal | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    try {
      signal?.throwIfAborted();
      return await work();
    } catch (error) {
      throw toStoreError(error, action, signal);
    }
  };

  const list = async function* (under: string): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const after = token;
      const page = await saying('list its objects', undefined, () =>
        client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: under, ContinuationToken: after })),
      );
      for (const { Key, LastModified } of page.Contents ?? []) {
        if (Key !== undefined) yield { key: Key, modifiedAt: LastModified?.getTime() ?? Date.now() };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  };

  const put: S3Objects['put'] = async (key, path, { sha256, sizeBytes }, signal) =>
    await saying('write a file', signal, async () => {
      const body = createReadStream(path, { highWaterMark: 1024 ** 2 });
      const upload = new Upload({
        client,
        params: { Bucket: bucket, Key: key, Body: body, ContentLength: sizeBytes, Metadata: { sha256 } },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
        leavePartsOnError: false,
      });
      const onAbort = (): void => {
        void upload.abort();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        await upload.done();
      } finally {
        signal?.removeEventListener('abort', onAbort);
        body.destroy();
      }
    });

  const get: S3Objects['get'] = async (key, path, signal) =>
    await saying('read a file', signal, async () => {
      const partial = `${path}.${uuidv7()}${FETCHING}`;
      try {
        const command = new GetObjectCommand({ Bucket: bucket, Key: key });
        const { Body, ContentLength, Metadata } = await client.send(command, { abortSignal: signal });
        await mkdir(dirname(path), { recursive: true });
        const hash = createHash('sha256');
        let sizeBytes = 0;
        const meter = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            sizeBytes += chunk.length;
            hash.update(chunk);
            done(null, chunk);
          },
        });
        await pipeline(Body as Readable, meter, createWriteStream(partial, { flags: 'wx' }), { signal });
        if (ContentLength !== undefined && sizeBytes !== ContentLength) {
          throw new QuaestorError(
            'dataset_store_unavailable',
            `The object store sent ${sizeBytes} of ${ContentLength} bytes.`,
          );
        }
        const sha256 = hash.digest('hex');
        if (Metadata?.['sha256'] !== undefined && Metadata['sha256'] !== sha256) {
          throw new QuaestorError(
            'dataset_file_damaged',
            `The object ${key} does not have the hash that it was kept with.`,
          );
        }
        await rename(partial, path);
        return { sizeBytes, sha256 };
      } finally {
        await rm(partial, { force: true });
      }
    });

  return {
    put,
    get,
    list,
    // One by one: not every store takes the checksum that the SDK sends along with many.
    removeUnder: async (under) => {
      for await (const { key } of list(under)) {
        await saying('remove a file', undefined, () =>
          client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })),
        );
      }
    },
    removeUnfinished: async (under, begunBefore, isOurs) => {
      let removed = 0;
      let from: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
      while (from) {
        const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
          Bucket: bucket,
          Prefix: under,
          ...from,
        });
        const page = await saying('list unfinished uploads', undefined, () =>
          client.send(command).catch((error: unknown) => {
            // A rule of the bucket has to do it then.
            if (isNotOffered(error)) return undefined;
            throw error;
          }),
        );
        for (const { Initiated, Key, UploadId } of page?.Uploads ?? []) {
          if (!Key || !UploadId || !isOurs(Key) || !Initiated || Initiated.getTime() >= begunBefore) continue;
          await saying('end an unfinished upload', undefined, () =>
            client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })),
          );
          removed += 1;
        }
        from = page?.IsTruncated
          ? { KeyMarker: page.NextKeyMarker ?? '', UploadIdMarker: page.NextUploadIdMarker ?? '' }
          : undefined;
      }
      return removed;
    },
    check: async (signal) => {
      await saying('list its objects', undefined, () =>
        client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }),
          signal ? { abortSignal: signal } : {},
        ),
      );
    },
  };
}
