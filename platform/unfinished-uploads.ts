import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { datasetFiles } from './dataset-files.js';
import { toDiskError } from './disk-error.js';

/** Bytes of an upload that wait to be written, at most about: they go to the disk together, which takes a third less time than one by one. */
export const WRITE_BYTES = 1024 ** 2;

/** What a client said when it began. */
export interface UploadFacts {
  id: string;
  userId: string;
  fileName: string;
  name: string;
  /** Of a workbook. */
  sheet?: string;
  sizeBytes: number;
  expiresAt: string;
}

export interface UnfinishedUpload extends UploadFacts {
  /** Bytes that are there. */
  offsetBytes: number;
}

interface Writing {
  /** Ends the writer and resolves when it has left. */
  stop(): Promise<void>;
}

/** Files that come in pieces, in a folder of each tenant that the processes of the API share. They survive the death of a process. */
export interface UnfinishedUploads {
  create(tenantId: string, facts: UploadFacts): Promise<void>;
  /** Undefined when there is none, or it has expired. */
  find(tenantId: string, id: string): Promise<UnfinishedUpload | undefined>;
  /**
   * Writes at the end of what is there, until the stream ends or breaks; what came before a break stays. A writer that still waits
   * for more is ended: its client has come back. Gives the new offset.
   * @throws QuaestorError `upload_offset_mismatch`, `dataset_too_large` for more bytes than were announced, `dataset_disk_full`
   */
  append(tenantId: string, id: string, offsetBytes: number, bytes: Readable): Promise<number>;
  /** Moves the whole file to its dataset and gives its SHA-256 in hex. Doing it again gives the same. */
  complete(tenantId: string, upload: UploadFacts): Promise<string>;
  remove(tenantId: string, id: string): Promise<void>;
  /** Removes what has expired; gives how many. */
  sweep(now: number): Promise<number>;
}

export function createUnfinishedUploads(root: string): UnfinishedUploads {
  const writers = new Map<string, Writing>();
  /** Of uploads whose bytes all came through this process without a break. */
  const hashes = new Map<string, { hash: Hash; bytes: number }>();
  const folderOf = (tenantId: string, id: string): string => join(root, tenantId, 'uploads', id);
  const dataOf = (tenantId: string, id: string): string => join(folderOf(tenantId, id), 'data');
  const originalOf = (tenantId: string, id: string): string => datasetFiles.original(root, tenantId, id);

  const readFacts = async (tenantId: string, id: string): Promise<UploadFacts | undefined> =>
    await readFile(join(folderOf(tenantId, id), 'upload.json'), 'utf8').then(
      (text) => JSON.parse(text) as UploadFacts,
      absent,
    );

  const sizeOf = async (path: string): Promise<number | undefined> =>
    await stat(path).then(({ size }) => size, absent);

  const remove = async (tenantId: string, id: string): Promise<void> => {
    await writers.get(id)?.stop();
    hashes.delete(id);
    await rm(folderOf(tenantId, id), { recursive: true, force: true });
  };

  const find = async (tenantId: string, id: string): Promise<UnfinishedUpload | undefined> => {
    const facts = await readFacts(tenantId, id);
    if (!facts || Date.parse(facts.expiresAt) < Date.now()) return undefined;
    const offsetBytes = (await sizeOf(dataOf(tenantId, id))) ?? (await sizeOf(originalOf(tenantId, id)));
    return offsetBytes === undefined ? undefined : { ...facts, offsetBytes };
  };

  return {
    find,
    remove,
    create: async (tenantId, facts) => {
      const folder = folderOf(tenantId, facts.id);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, 'data'), '');
        await writeFile(join(folder, 'upload.json'), JSON.stringify(facts));
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw toDiskError(error);
      }
    },

    append: async (tenantId, id, offsetBytes, bytes) => {
      const earlier = writers.get(id);
      const stopping = new AbortController();
      let hasLeft: () => void = () => undefined;
      const left = new Promise<void>((resolve) => {
        hasLeft = resolve;
      });
      const own: Writing = {
        stop: async () => {
          stopping.abort();
          await left;
        },
      };
      writers.set(id, own);
      try {
        await earlier?.stop();
        const upload = await find(tenantId, id);
        if (!upload) throw new QuaestorError('not_found', 'There is no upload with this id.');
        if (upload.offsetBytes !== offsetBytes) throw offsetMismatch(upload.offsetBytes);
        const known = offsetBytes === 0 ? { hash: createHash('sha256'), bytes: 0 } : hashes.get(id);
        const hashed = known?.bytes === offsetBytes ? known : undefined;
        hashes.delete(id);
        let at = offsetBytes;
        const meter = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            at += chunk.length;
            if (at > upload.sizeBytes) return done(tooManyBytes(upload.sizeBytes));
            hashed?.hash.update(chunk);
            done(null, chunk);
          },
        });
        const file = createWriteStream(dataOf(tenantId, id), {
          flags: 'r+',
          start: offsetBytes,
          highWaterMark: WRITE_BYTES,
        });
        await pipeline(bytes, meter, file, { signal: stopping.signal });
        if (hashed) hashes.set(id, { hash: hashed.hash, bytes: at });
        return at;
      } catch (error) {
        throw toDiskError(error);
      } finally {
        if (writers.get(id) === own) writers.delete(id);
        hasLeft();
      }
    },

    complete: async (tenantId, upload) => {
      const original = originalOf(tenantId, upload.id);
      if ((await sizeOf(original)) === undefined) {
        await mkdir(datasetFiles.folder(root, tenantId, upload.id), { recursive: true });
        await rename(dataOf(tenantId, upload.id), original);
      }
      const hashed = hashes.get(upload.id);
      if (hashed?.bytes === upload.sizeBytes) return hashed.hash.copy().digest('hex');
      const hash = createHash('sha256');
      const pieces = createReadStream(original, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
      for await (const piece of pieces) hash.update(piece);
      return hash.digest('hex');
    },

    sweep: async (now) => {
      let removed = 0;
      for (const tenantId of await readdir(root).catch(() => [])) {
        for (const id of await readdir(join(root, tenantId, 'uploads')).catch(() => [])) {
          const facts = await readFacts(tenantId, id).catch(absent);
          const madeAt = await stat(folderOf(tenantId, id)).then(
            ({ mtimeMs }) => mtimeMs,
            () => now,
          );
          const endsAt = facts ? Date.parse(facts.expiresAt) : madeAt + 60_000;
          if (endsAt >= now) continue;
          await remove(tenantId, id);
          removed += 1;
        }
      }
      return removed;
    },
  };
}

const absent = (error: unknown): undefined => {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR' && !(error instanceof SyntaxError)) throw error;
};

const offsetMismatch = (offsetBytes: number): QuaestorError =>
  new QuaestorError('upload_offset_mismatch', `The upload goes on at byte ${offsetBytes}.`, {
    details: { offsetBytes },
  });

const tooManyBytes = (sizeBytes: number): QuaestorError =>
  new QuaestorError('dataset_too_large', `More bytes came than the ${sizeBytes} that were announced.`);
