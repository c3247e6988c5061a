import type { Dataset } from '../contracts/dataset.js';
import type { ApiClient } from './api-client.js';
import { UsageError } from './cli-error.js';
import { printable } from './render/text.js';

/**
 * The dataset meant by a name (the newest of that name) or an id.
 * @throws UsageError when there is none such.
 */
export async function findDataset(client: ApiClient, nameOrId: string): Promise<Dataset> {
  const datasets = await client.listDatasets();
  const found = datasets.find(({ name }) => name === nameOrId) ?? datasets.find(({ id }) => id === nameOrId);
  if (found) return found;
  const names = datasets.slice(0, 20).map(({ name }) => printable(name));
  throw new UsageError(
    `There is no dataset "${printable(nameOrId)}". ${names.length > 0 ? `There are: ${names.join(', ')}.` : 'There is none yet: quaestor datasets add FILE'}`,
  );
}
