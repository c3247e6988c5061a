import type { ApiClient } from './api-client.js';
import { UsageError } from './cli-error.js';
import { printable } from './render/text.js';

/**
 * Ids of the datasets meant by names or ids; of several with one name, the newest. A file's ending may be left out.
 * @throws UsageError when there is none such.
 */
export async function findDatasets(client: ApiClient, wanted: readonly string[]): Promise<string[]> {
  const datasets = await client.listDatasets();
  return wanted.map((nameOrId) => {
    const found =
      datasets.find(({ name }) => name === nameOrId) ??
      datasets.find(({ id }) => id === nameOrId) ??
      datasets.find(({ name }) => withoutEnding(name) === nameOrId);
    if (found) return found.id;
    const names = [...new Set(datasets.map(({ name }) => printable(name)))].slice(0, 20).join(', ');
    throw new UsageError(
      `There is no dataset "${printable(nameOrId)}". ${names ? `There are: ${names}.` : 'There is none yet: quaestor datasets add FILE'}`,
    );
  });
}

const withoutEnding = (name: string): string => name.replace(/(\.[a-z0-9]{1,7}){1,2}$/i, '');
