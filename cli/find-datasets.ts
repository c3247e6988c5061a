import type { ApiClient } from './api-client.js';
import { pickDataset } from './pick-dataset.js';

/** Ids of the datasets meant by names or ids, as pickDataset says. @throws UsageError when there is none such. */
export async function findDatasets(client: ApiClient, wanted: readonly string[]): Promise<string[]> {
  const datasets = await client.listDatasets();
  return wanted.map((nameOrId) => pickDataset(datasets, nameOrId).id);
}
