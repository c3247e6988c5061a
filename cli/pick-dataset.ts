import type { Dataset } from '../contracts/dataset.js';
import { UsageError } from './cli-error.js';
import { printable } from './render/text.js';

/**
 * The dataset meant by a name or an id; of several with one name, the newest. A file's ending may be left out.
 * @param datasets newest first
 * @throws UsageError when there is none such.
 */
export function pickDataset(datasets: readonly Dataset[], nameOrId: string): Dataset {
  const found =
    datasets.find(({ name }) => name === nameOrId) ??
    datasets.find(({ id }) => id === nameOrId) ??
    datasets.find(({ name }) => withoutEnding(name) === nameOrId);
  if (found) return found;
  const names = [...new Set(datasets.map(({ name }) => printable(name)))].slice(0, 20).join(', ');
  throw new UsageError(
    `There is no dataset "${printable(nameOrId)}". ${names ? `There are: ${names}.` : 'There is none yet: quaestor datasets add FILE'}`,
  );
}

const withoutEnding = (name: string): string => name.replace(/(\.[a-z0-9]{1,7}){1,2}$/i, '');
