import type { IndexSourceInput } from '../../contracts/workflows.js';
import type { Transaction } from '../../db/database.js';
import {
  BEFORE_ALL_VECTORS,
  deleteUnusedRefusals,
  deleteUnusedVectors,
  deleteVersionPart,
  retireVersions,
  type VectorPlace,
} from '../../db/statements/registry/unused.js';
import type { TenantStore } from '../patient-store.js';

/** Rows in one transaction: some 100 ms, so that nobody waits long for the embedded store's one connection. */
const PAGE_ROWS = 5_000;

/**
 * Removes what the active version of a data source replaced: other versions, but for those that a running question or job still uses,
 * and vectors that no version has. In short transactions; broken off, it goes on at the next run or after the next indexing.
 */
export async function removeUnusedVersions(
  { db }: { db: TenantStore },
  { tenantId, dataSourceId }: Pick<IndexSourceInput, 'tenantId' | 'dataSourceId'>,
  signal: AbortSignal,
): Promise<void> {
  const inTurn = <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> => {
    signal.throwIfAborted();
    return db.withTenant(tenantId, work);
  };
  for (const versionId of await inTurn((tx) => retireVersions(tx, dataSourceId))) {
    let isGone = false;
    while (!isGone) isGone = await inTurn((tx) => deleteVersionPart(tx, versionId, PAGE_ROWS));
  }
  let after: VectorPlace | undefined = BEFORE_ALL_VECTORS;
  while (after) {
    const from: VectorPlace = after;
    after = await inTurn((tx) => deleteUnusedVectors(tx, dataSourceId, from, PAGE_ROWS));
  }
  await inTurn((tx) => deleteUnusedRefusals(tx, dataSourceId));
}
