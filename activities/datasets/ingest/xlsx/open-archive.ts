import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { LIMITS } from '../../../../contracts/limits.js';
import { QuaestorError } from '../../../../contracts/quaestor-error.js';

/** Of a workbook nobody needs more; a bomb may have millions. */
const MOST_ENTRIES = 10_000;

export interface Archive {
  readonly names: ReadonlySet<string>;
  /** The unpacked bytes of an entry, in pieces. All reading counts towards one limit. */
  read(name: string): AsyncGenerator<Buffer>;
  close(): void;
}

/**
 * Opens a ZIP archive of unknown origin. What it unpacks to is counted while it is read, whatever its directory says.
 * @throws QuaestorError `dataset_unreadable`; while reading `dataset_unpacks_too_large`
 */
export async function openArchive(path: string, packedBytes: number): Promise<Archive> {
  const mostBytes = Math.min(
    LIMITS.datasetUnpackedBytes,
    Math.max(64 * 1024 ** 2, packedBytes * LIMITS.datasetUnpackRatio),
  );
  const damaged = (error: unknown): QuaestorError =>
    error instanceof QuaestorError
      ? error
      : new QuaestorError('dataset_unreadable', 'The workbook is damaged: its ZIP archive cannot be read.', {
          cause: error,
        });
  let zip: ZipFile;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false });
  } catch (error) {
    throw damaged(error);
  }
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.size >= MOST_ENTRIES) throw new Error(`More than ${MOST_ENTRIES} entries`);
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    zip.close();
    throw damaged(error);
  }
  let unpackedBytes = 0;
  return {
    names: new Set(entries.keys()),
    read: async function* (name) {
      const entry = entries.get(name);
      if (!entry) throw new QuaestorError('dataset_unreadable', `The workbook has no part "${name}".`);
      try {
        const stream = await zip.openReadStreamPromise(entry);
        for await (const piece of stream as AsyncIterable<Buffer>) {
          unpackedBytes += piece.length;
          if (unpackedBytes > mostBytes) {
            throw new QuaestorError(
              'dataset_unpacks_too_large',
              `The workbook unpacks to more than ${mostBytes} bytes.`,
            );
          }
          yield piece;
        }
      } catch (error) {
        throw damaged(error);
      }
    },
    close: () => zip.close(),
  };
}
