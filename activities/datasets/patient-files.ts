import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { DatasetStore } from '../../platform/dataset-store/dataset-store.js';
import { waitWhileAway } from '../patient-store.js';

/**
 * Files of datasets for long activities: while the bucket is away they wait for it, heartbeating. A failed attempt would read or clean a
 * whole file again only to find it still away. `use` must not fail for that reason itself.
 */
export function createPatientFiles(files: DatasetStore): DatasetStore {
  const patiently = <Result>(work: () => Promise<Result>): Promise<Result> =>
    waitWhileAway(
      (error) => error instanceof QuaestorError && error.code === 'dataset_store_unavailable',
      work,
    );
  return {
    ...files,
    keepVersion: (ref, signal) => patiently(() => files.keepVersion(ref, signal)),
    withOriginal: (ref, signal, use) => patiently(() => files.withOriginal(ref, signal, use)),
    withVersion: (ref, signal, use) => patiently(() => files.withVersion(ref, signal, use)),
  };
}
