import type { DataSource } from '../contracts/data-source.js';
import type { ApiClient } from './api-client.js';
import { UsageError } from './cli-error.js';
import { printable } from './render/text.js';

/**
 * The data source meant by a name or an id; with neither, the only one there is.
 * @throws UsageError when there is none such, or more than one to choose from.
 */
export async function findSource(client: ApiClient, nameOrId: string | undefined): Promise<DataSource> {
  const sources = await client.listDataSources();
  const names = sources.map((source) => printable(source.name)).join(', ');
  if (nameOrId !== undefined) {
    const found =
      sources.find((source) => source.name === nameOrId) ?? sources.find((source) => source.id === nameOrId);
    if (found) return found;
    throw new UsageError(
      `There is no data source "${printable(nameOrId)}". ${names ? `There are: ${names}.` : 'There is none yet: quaestor sources add'}`,
    );
  }
  const [only] = sources;
  if (only && sources.length === 1) return only;
  throw new UsageError(
    only
      ? `There are several data sources; choose one with --source: ${names}.`
      : 'There is no data source yet. Add one: quaestor sources add NAME CONNECTION_STRING',
  );
}
