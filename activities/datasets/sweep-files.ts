import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findKnownDatasets, findKnownVersions } from '../../db/statements/datasets.js';
import { datasetFiles } from '../../platform/dataset-files.js';
import type { DatasetStore } from '../../platform/dataset-store/dataset-store.js';
import { createUnfinishedUploads } from '../../platform/unfinished-uploads.js';
import type { TenantStore } from '../patient-store.js';
import { sweepBucket } from './sweep-bucket.js';

export interface SweptFiles {
  uploads: number;
  /** Files of datasets that the store does not know: a process died before it could say so, or after it was told to delete. */
  datasets: number;
  versions: number;
  /** Uploads to a bucket that were begun and never finished. */
  unfinished: number;
  /** Copies that had to make room. */
  copies: number;
  /** Folders that DuckDB spilled to in a process that died. */
  spills: number;
}

/** What is younger may belong to work that runs. */
const GRACE_MS = 24 * 60 * 60 * 1_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Removes from the folder, and from the bucket if there is one, what nobody will ask for again. Running it twice, or in two processes, does no harm. Each tenant's
 * rows are read as that tenant.
 */
export async function sweepFiles(
  { db, files }: { db: TenantStore; files: DatasetStore },
  now: number,
): Promise<SweptFiles> {
  const { folder } = files;
  const swept: SweptFiles = {
    uploads: await createUnfinishedUploads(folder).sweep(now),
    datasets: 0,
    versions: 0,
    unfinished: 0,
    copies: 0,
    spills: 0,
  };
  const oldFolders = async (parent: string): Promise<string[]> => {
    const old: string[] = [];
    for (const name of await readdir(parent).catch(() => [])) {
      const made = await stat(join(parent, name)).catch(() => undefined);
      if (made?.isDirectory() && made.mtimeMs < now - GRACE_MS) old.push(name);
    }
    return old;
  };
  const remove = async (path: string): Promise<number> => {
    await rm(path, { recursive: true, force: true });
    return 1;
  };
  for (const name of await oldFolders(join(folder, 'spill')))
    swept.spills += await remove(join(folder, 'spill', name));
  for (const tenantId of (await readdir(folder).catch(() => [])).filter((name) => UUID.test(name))) {
    const ids = (await readdir(join(folder, tenantId))).filter((name) => UUID.test(name));
    const known = await db.withTenant(tenantId, (tx) => findKnownDatasets(tx, ids));
    const old = new Set(await oldFolders(join(folder, tenantId)));
    for (const id of ids) {
      const path = datasetFiles.folder(folder, tenantId, id);
      if (!known.has(id)) {
        if (old.has(id)) swept.datasets += await remove(path);
        continue;
      }
      const versionIds = (await oldFolders(path)).filter((version) => UUID.test(version));
      const knownVersions = await db.withTenant(tenantId, (tx) => findKnownVersions(tx, versionIds));
      for (const version of versionIds) {
        if (!knownVersions.has(version)) swept.versions += await remove(join(path, version));
      }
    }
  }
  const { remote } = files;
  if (remote) {
    const before = now - GRACE_MS;
    const orphans = await sweepBucket({ db, files, remote }, before);
    swept.datasets += orphans.datasets;
    swept.versions += orphans.versions;
    swept.unfinished = await remote.removeUnfinished(before);
    swept.copies = await remote.trimCopies();
  }
  return swept;
}
