import type { DatasetRef, VersionRef } from '../dataset-store.js';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const ID = new RegExp(`^${UUID}$`);
const KEY = new RegExp(
  `^(${UUID})/(${UUID})/(?:original|(${UUID})/(?:data\\.parquet|rejects\\.parquet|version\\.json))$`,
);

/** Files of a version; the last two are made by every reading and cleaning, `version.json` is for people. */
export const VERSION_FILES = ['data.parquet', 'rejects.parquet'] as const;
export const VERSION_FACTS = 'version.json';

/** Names of objects: `<prefix><tenant>/<dataset>/original` and `<prefix><tenant>/<dataset>/<version>/<file>`, as in a folder. */
export interface ObjectKeys {
  original(ref: DatasetRef): string;
  version(ref: VersionRef, file: string): string;
  /** What all names of a dataset, or of a version, begin with. */
  under(ref: DatasetRef | VersionRef): string;
  /** Undefined for the name of an object that is not Quaestor's. */
  parse(key: string): (DatasetRef & { versionId: string | null }) | undefined;
}

/** Names are made of ids and nothing that a user chose. @throws RangeError for what is no id */
export function createObjectKeys(prefix: string): ObjectKeys {
  const folder = (...ids: string[]): string => {
    for (const id of ids) if (!ID.test(id)) throw new RangeError('A name of an object is made of ids.');
    return `${prefix}${ids.join('/')}/`;
  };
  const under = (ref: DatasetRef | VersionRef): string =>
    'versionId' in ref
      ? folder(ref.tenantId, ref.datasetId, ref.versionId)
      : folder(ref.tenantId, ref.datasetId);
  return {
    original: ({ tenantId, datasetId }) => `${folder(tenantId, datasetId)}original`,
    version: (ref, file) => `${under(ref)}${file}`,
    under,
    parse: (key) => {
      const [, tenantId, datasetId, versionId] =
        (key.startsWith(prefix) && KEY.exec(key.slice(prefix.length))) || [];
      return tenantId && datasetId ? { tenantId, datasetId, versionId: versionId ?? null } : undefined;
    },
  };
}
