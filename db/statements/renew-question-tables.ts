import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { AskedTable } from '../../contracts/question.js';
import type { Transaction } from '../database.js';
import { type DatasetForAsking, readDatasetsForAsking } from './question-tables.js';

/** A dataset that has been read, with the version that is on. */
export type ReadyDataset = DatasetForAsking & { versionId: string; contentKey: string };

/** @throws QuaestorError `not_found` where there is none, `dataset_not_ready` */
export function expectReady(dataset: DatasetForAsking | undefined, id: string): ReadyDataset {
  if (!dataset) throw new QuaestorError('not_found', `There is no dataset ${id}.`);
  const { contentKey, name, status, versionId } = dataset;
  if (versionId === null || contentKey === null) {
    throw new QuaestorError(
      'dataset_not_ready',
      `The dataset “${name}” has no version yet: it is ${status}.`,
      { details: { datasetId: id, status } },
    );
  }
  return { ...dataset, versionId, contentKey };
}

/**
 * What a question was asked of, as it is now: the datasets in the versions that are on, under the names that its SQL knows.
 * @throws QuaestorError `not_found`, `dataset_not_ready`
 */
export async function renewTables(tx: Transaction, asked: readonly AskedTable[]): Promise<AskedTable[]> {
  const ids = asked.flatMap((table) => ('datasetId' in table ? [table.datasetId] : []));
  const datasets = await readDatasetsForAsking(tx, ids);
  return asked.map((table) => {
    if (!('datasetId' in table)) return table;
    const dataset = datasets.find(({ id }) => id === table.datasetId);
    return { ...table, versionId: expectReady(dataset, table.datasetId).versionId };
  });
}
