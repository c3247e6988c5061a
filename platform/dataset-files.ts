import { join } from 'node:path';

/** Where the files of datasets are, in a folder that the API and the workers of queue `datasets` share. */
export const datasetFiles = {
  /** Everything of one dataset. */
  folder: (root: string, tenantId: string, datasetId: string): string => join(root, tenantId, datasetId),
  /** The file as it was sent. */
  original: (root: string, tenantId: string, datasetId: string): string =>
    join(root, tenantId, datasetId, 'original'),
  /** `data.parquet` and `rejects.parquet` of one version. */
  version: (root: string, tenantId: string, datasetId: string, versionId: string): string =>
    join(root, tenantId, datasetId, versionId),
};
