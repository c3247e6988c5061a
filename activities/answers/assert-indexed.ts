import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { ActiveVersion } from '../../db/statements/registry/versions.js';

/** @throws QuaestorError `data_source_not_indexed` when there is no version to answer from. */
export function assertIndexed(version: ActiveVersion | undefined): asserts version is ActiveVersion {
  if (!version)
    throw new QuaestorError('data_source_not_indexed', 'The data source has no finished index yet.');
}
