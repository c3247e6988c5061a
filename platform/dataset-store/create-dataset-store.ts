import type { Config } from '../config.js';
import type { DatasetStore } from './dataset-store.js';
import { createFolderStore } from './folder-store.js';

/** Where the configuration says that files of datasets are kept. */
export async function createDatasetStore({ folder }: Config['datasets']): Promise<DatasetStore> {
  return createFolderStore(folder);
}
