import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { S3StoreConfig } from '../../config.js';
import { datasetFiles } from '../../dataset-files.js';
import { pathExists } from '../../path-exists.js';
import type { DatasetRef, DatasetStore, OriginalFacts, RemoteFile, VersionRef } from '../dataset-store.js';
import { createFolderStore } from '../folder-store.js';
import { type CopyUnit, createLocalCopies, originalUnit, versionUnit } from './local-copies.js';
import { createObjectKeys, VERSION_FACTS, VERSION_FILES } from './object-keys.js';
import { createS3Objects } from './s3-objects.js';
import { createSingleFlight } from './single-flight.js';

/**
 * Files of datasets in a bucket of an S3-compatible store, under the names that they have in a folder. The folder of this machine holds
 * copies: what was written here stays until room is needed, what is wanted elsewhere is fetched, once for all who want it at the same time.
 */
export function createS3Store(folder: string, settings: S3StoreConfig): DatasetStore {
  const local = createFolderStore(folder);
  const objects = createS3Objects(settings);
  const keys = createObjectKeys(settings.prefix);
  const copies = createLocalCopies({ root: folder, limitBytes: settings.cacheBytes });
  const once = createSingleFlight();
  const unitOf = (ref: VersionRef): CopyUnit => versionUnit(local.versionFolder(ref), VERSION_FILES);
  const originalPath = ({ datasetId, tenantId }: DatasetRef): string =>
    datasetFiles.original(folder, tenantId, datasetId);
  const makeRoom = (): void => void copies.trim().catch(() => undefined);

  /** Makes a copy of what is kept, unless there is one. */
  const bring = async (
    unit: CopyUnit,
    keyOf: (file: string) => string,
    signal: AbortSignal,
  ): Promise<void> => {
    signal.throwIfAborted();
    if (await copies.has(unit)) return;
    await once(unit.marker, signal, async (whileWanted) => {
      const facts: Record<string, OriginalFacts> = {};
      for (const file of unit.files)
        facts[file] = await objects.get(keyOf(file), join(unit.folder, file), whileWanted);
      await copies.mark(unit, facts);
    });
    makeRoom();
  };
  const bringVersion = (ref: VersionRef, signal: AbortSignal): Promise<void> =>
    bring(unitOf(ref), (file) => keys.version(ref, file), signal);

  return {
    kind: 's3',
    folder,
    versionFolder: local.versionFolder,

    draftOriginal: local.draftOriginal,
    keepOriginal: async (ref, facts, signal) => {
      await objects.put(keys.original(ref), originalPath(ref), facts, signal);
      await copies.mark(originalUnit(dirname(originalPath(ref))), { original: facts });
      makeRoom();
    },

    draftVersion: async (ref) => {
      const path = await local.draftVersion(ref);
      await copies.unmark(unitOf(ref));
      return path;
    },
    keepVersion: async (ref, signal) => {
      const path = local.versionFolder(ref);
      const facts: Record<string, OriginalFacts> = {};
      for (const file of VERSION_FILES) facts[file] = await factsOf(join(path, file), signal);
      for (const file of VERSION_FILES)
        await objects.put(keys.version(ref, file), join(path, file), facts[file]!, signal);
      const extra = join(path, VERSION_FACTS);
      if (await pathExists(extra))
        await objects.put(keys.version(ref, VERSION_FACTS), extra, await factsOf(extra, signal), signal);
      await copies.mark(unitOf(ref), facts);
      makeRoom();
    },

    withOriginal: async (ref, signal, use) => {
      const path = originalPath(ref);
      const unit = originalUnit(dirname(path));
      return await copies.hold(unit, async () => {
        await bring(unit, () => keys.original(ref), signal);
        return await use(path);
      });
    },
    withVersion: async (ref, signal, use) =>
      await copies.hold(unitOf(ref), async () => {
        await bringVersion(ref, signal);
        return await use(local.versionFolder(ref));
      }),
    hasVersion: async (ref, signal) => {
      try {
        await bringVersion(ref, signal);
        return true;
      } catch (error) {
        if (error instanceof QuaestorError && error.code === 'dataset_unreadable') return false;
        throw error;
      }
    },

    remove: async (ref) => {
      await local.remove(ref);
      await objects.removeUnder(keys.under(ref));
    },
    removeVersion: async (ref) => {
      await local.removeVersion(ref);
      await objects.removeUnder(keys.under(ref));
    },

    remote: {
      list: async function* (): AsyncGenerator<RemoteFile> {
        for await (const { key, modifiedAt } of objects.list(settings.prefix)) {
          const ref = keys.parse(key);
          if (ref) yield { ...ref, keptAt: modifiedAt };
        }
      },
      removeUnfinished: (begunBefore) =>
        objects.removeUnfinished(settings.prefix, begunBefore, (key) => keys.parse(key) !== undefined),
      trimCopies: () => copies.trim(),
      check: (signal) => objects.check(signal),
    },
  };
}

async function factsOf(path: string, signal: AbortSignal | undefined): Promise<OriginalFacts> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const pieces = createReadStream(path, { highWaterMark: 1024 ** 2, ...(signal ? { signal } : {}) });
  for await (const piece of pieces as AsyncIterable<Buffer>) {
    hash.update(piece);
    sizeBytes += piece.length;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}
