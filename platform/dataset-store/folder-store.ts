import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetFiles } from '../dataset-files.js';
import { pathExists } from '../path-exists.js';
import type { DatasetRef, DatasetStore, VersionRef } from './dataset-store.js';

/** A folder that the API and all workers which read datasets share. What is written there is kept. */
export function createFolderStore(folder: string): DatasetStore {
  const datasetFolder = ({ datasetId, tenantId }: DatasetRef): string =>
    datasetFiles.folder(folder, tenantId, datasetId);
  const original = ({ datasetId, tenantId }: DatasetRef): string =>
    datasetFiles.original(folder, tenantId, datasetId);
  const versionFolder = ({ datasetId, tenantId, versionId }: VersionRef): string =>
    datasetFiles.version(folder, tenantId, datasetId, versionId);
  const make = async (path: string): Promise<string> => {
    await mkdir(path, { recursive: true });
    return path;
  };
  return {
    kind: 'folder',
    folder,
    draftOriginal: async (ref) => {
      await make(datasetFolder(ref));
      return original(ref);
    },
    keepOriginal: async () => undefined,
    draftVersion: async (ref) => await make(versionFolder(ref)),
    keepVersion: async () => undefined,
    withOriginal: async (ref, _signal, use) => await use(original(ref)),
    withVersion: async (ref, _signal, use) => await use(versionFolder(ref)),
    versionFolder,
    hasVersion: async (ref) => await pathExists(join(versionFolder(ref), 'data.parquet')),
    remove: async (ref) => await rm(datasetFolder(ref), { recursive: true, force: true }),
    removeVersion: async (ref) => await rm(versionFolder(ref), { recursive: true, force: true }),
  };
}
