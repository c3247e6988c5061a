import { QuaestorError } from '../../contracts/quaestor-error.js';
import { type Config, silenceSdkWarning } from '../config.js';
import type { Logger } from '../logger.js';
import type { DatasetStore } from './dataset-store.js';
import { createFolderStore } from './folder-store.js';

const CHECK_MS = 5_000;

/** Where the configuration says that files of datasets are kept. A bucket that cannot be used is told in the log, and in health; it may come back. */
export async function createDatasetStore(
  { folder, s3 }: Config['datasets'],
  logger: Logger,
): Promise<DatasetStore> {
  if (!s3) return createFolderStore(folder);
  silenceSdkWarning();
  // Only then: the SDK is large.
  const { createS3Store } = await import('./s3/s3-store.js');
  const store = createS3Store(folder, s3);
  try {
    await store.remote?.check(AbortSignal.timeout(CHECK_MS));
    logger.info({ bucket: s3.bucket, prefix: s3.prefix }, 'files of datasets are kept in a bucket');
  } catch (error) {
    const wayOut = error instanceof QuaestorError ? error.entry.wayOut : '';
    logger.error(
      { err: error, bucket: s3.bucket, wayOut },
      'the bucket for files of datasets cannot be used',
    );
  }
  return store;
}
