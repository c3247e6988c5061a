/** A dataset of a tenant. */
export interface DatasetRef {
  tenantId: string;
  datasetId: string;
}

export interface VersionRef extends DatasetRef {
  versionId: string;
}

/** What is known of an uploaded file. */
export interface OriginalFacts {
  sizeBytes: number;
  /** In hex. */
  sha256: string;
}

/**
 * Keeps the files of datasets: originals as they were sent, and versions (`data.parquet`, `rejects.parquet`, `version.json`). Work on
 * them is on files of this machine, because DuckDB reads and writes those; where they are kept for good is the store's own matter.
 * A file counts as kept when `keep…` has resolved: only then the row that names it may be written, and a second `keep…` of the same
 * replaces the first. What no row names is an orphan, and swept.
 */
export interface DatasetStore {
  readonly kind: 'folder' | 's3';
  /** A folder of this machine: unfinished uploads, spilled data, and files of datasets. */
  readonly folder: string;

  /** Where the file of a dataset is to be written; its folder is made. */
  draftOriginal(ref: DatasetRef): Promise<string>;
  /** @throws QuaestorError `dataset_store_unavailable`, `dataset_store_refused`; the signal's reason when it is aborted */
  keepOriginal(ref: DatasetRef, facts: OriginalFacts, signal?: AbortSignal): Promise<void>;
  /** The folder in which the files of a version are to be written; it is made. */
  draftVersion(ref: VersionRef): Promise<string>;
  /** @throws QuaestorError `dataset_store_unavailable`, `dataset_store_refused`; the signal's reason when it is aborted */
  keepVersion(ref: VersionRef, signal?: AbortSignal): Promise<void>;

  /**
   * The original's path, which is there as long as `use` runs.
   * @throws QuaestorError `dataset_unreadable` when it is not kept any more, `dataset_file_damaged`, `dataset_store_…`
   */
  withOriginal<Result>(
    ref: DatasetRef,
    signal: AbortSignal,
    use: (path: string) => Promise<Result>,
  ): Promise<Result>;
  /** The version's folder, whose files are there as long as `use` runs. @throws as `withOriginal` */
  withVersion<Result>(
    ref: VersionRef,
    signal: AbortSignal,
    use: (folder: string) => Promise<Result>,
  ): Promise<Result>;
  /** Where `withVersion` puts a version; says nothing about whether it is there. */
  versionFolder(ref: VersionRef): string;
  /** Whether `withVersion` would find it; brings it to this machine. @throws as `withOriginal`, but for what is not kept */
  hasVersion(ref: VersionRef, signal: AbortSignal): Promise<boolean>;

  /** Removes a dataset with all of its versions; that nothing is there is no error. */
  remove(ref: DatasetRef): Promise<void>;
  removeVersion(ref: VersionRef): Promise<void>;

  /** Absent where the folder is all there is. */
  readonly remote?: RemoteFiles;
}

/** What a sweep needs of files that are kept elsewhere. */
export interface RemoteFiles {
  /** Everything that is kept, an entry for each object. */
  list(): AsyncIterable<RemoteFile>;
  /** Ends uploads to the store that were begun before then and never finished; gives how many. */
  removeUnfinished(begunBefore: number): Promise<number>;
  /** Makes room on this machine: copies that were not used for longest go first. Gives how many. */
  trimCopies(): Promise<number>;
  /** Resolves when the store can be used. @throws QuaestorError `dataset_store_unavailable`, `dataset_store_refused` */
  check(signal?: AbortSignal): Promise<void>;
}

export interface RemoteFile extends DatasetRef {
  /** Null for the original. */
  versionId: string | null;
  keptAt: number;
}
