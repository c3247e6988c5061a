import type { Dataset } from '../contracts/dataset.js';
import type { ApiClient } from './api-client.js';
import { pickDataset } from './pick-dataset.js';

/** The dataset meant by a name or an id, as pickDataset says. @throws UsageError when there is none such. */
export const findDataset = async (client: ApiClient, nameOrId: string): Promise<Dataset> =>
  pickDataset(await client.listDatasets(), nameOrId);
