import { findKnownDatasets, findKnownVersions } from '../../db/statements/datasets.js';
import { isTenant } from '../../db/statements/tenants.js';
import type { DatasetStore, RemoteFile, RemoteFiles } from '../../platform/dataset-store/dataset-store.js';
import type { TenantStore } from '../patient-store.js';

const BATCH = 500;

/**
 * Removes what is kept in a bucket since before then and has no row. What belongs to a tenant that is not here is left alone: the bucket may
 * have another Quaestor's files, too. Each tenant's rows are read as that tenant.
 */
export async function sweepBucket(
  { db, files, remote }: { db: TenantStore; files: DatasetStore; remote: RemoteFiles },
  keptBefore: number,
): Promise<{ datasets: number; versions: number }> {
  const swept = { datasets: 0, versions: 0 };
  for await (const batch of batchesOf(remote.list(), keptBefore)) {
    const orphans = await findOrphans(db, batch);
    for (const ref of orphans.datasets) await files.remove(ref);
    for (const ref of orphans.versions) await files.removeVersion(ref);
    swept.datasets += orphans.datasets.length;
    swept.versions += orphans.versions.length;
  }
  return swept;
}

/** Old files of one tenant together; names come in order, so a tenant's are in a row. */
async function* batchesOf(
  found: AsyncIterable<RemoteFile>,
  keptBefore: number,
): AsyncGenerator<RemoteFile[]> {
  let batch: RemoteFile[] = [];
  for await (const file of found) {
    if (file.keptAt >= keptBefore) continue;
    if (batch.length >= BATCH || (batch[0] && batch[0].tenantId !== file.tenantId)) {
      yield batch;
      batch = [];
    }
    batch.push(file);
  }
  if (batch.length > 0) yield batch;
}

async function findOrphans(db: TenantStore, batch: readonly RemoteFile[]) {
  const datasets = new Map(batch.map(({ datasetId, tenantId }) => [datasetId, { datasetId, tenantId }]));
  const versions = new Map(
    batch.flatMap(({ datasetId, tenantId, versionId }) =>
      versionId === null ? [] : [[versionId, { datasetId, tenantId, versionId }] as const],
    ),
  );
  return await db.withTenant(batch[0]!.tenantId, async (tx) => {
    if (!(await isTenant(tx))) return { datasets: [], versions: [] };
    const knownDatasets = await findKnownDatasets(tx, [...datasets.keys()]);
    const knownVersions = await findKnownVersions(tx, [...versions.keys()]);
    return {
      datasets: [...datasets.values()].filter(({ datasetId }) => !knownDatasets.has(datasetId)),
      versions: [...versions.values()].filter(
        ({ datasetId, versionId }) => knownDatasets.has(datasetId) && !knownVersions.has(versionId),
      ),
    };
  });
}
