import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Transaction } from '../db/database.js';
import { getDataSourceForAsking } from '../db/statements/data-sources.js';
import { loadColumnNames, loadTableNames } from '../db/statements/registry/names.js';
import { NameBook } from '../domain/mapping/name-book.js';

/**
 * The names of a data source's index, with the columns of those tables that the given names speak of.
 * @throws QuaestorError `not_found`, `data_source_not_indexed`.
 */
export async function loadNameBook(
  tx: Transaction,
  dataSourceId: string,
  names: readonly string[],
): Promise<NameBook> {
  const source = await getDataSourceForAsking(tx, dataSourceId);
  if (!source) throw new QuaestorError('not_found', 'There is no data source with this id.');
  const versionId = source.activeVersionId;
  if (versionId === null) {
    throw new QuaestorError('data_source_not_indexed', 'The data source has no index yet.', {
      details: { dataSourceId },
    });
  }
  const tables = await loadTableNames(tx, versionId);
  const spokenOf = new NameBook(tables.map((table) => ({ ...table, columns: [] }))).tablesSpokenOf(names);
  const columns = await loadColumnNames(tx, versionId, spokenOf);
  const byTable = new Map<string, typeof columns>();
  for (const column of columns) {
    const list = byTable.get(column.canonicalTableName);
    if (list) list.push(column);
    else byTable.set(column.canonicalTableName, [column]);
  }
  return new NameBook(
    tables.map((table) => ({ ...table, columns: byTable.get(table.canonicalTableName) ?? [] })),
  );
}
