import type { Guidance } from '../../contracts/schema-mapping.js';
import type { AnswerCacheParts } from '../answer-cache-key.js';

/** A table of a question by what is in it. */
export interface AskedContent {
  /** As the SQL calls it. */
  name: string;
  /** The dataset, or the question whose rows it has. */
  id: string;
  /** Equal for equal cells: of a dataset's version, or of the kept rows of an answer. */
  contentKey: string;
}

type Ground = Pick<AnswerCacheParts, 'dataSourceId' | 'versionId' | 'mappingVersion'>;

/** What is said of the datasets of a question. */
export interface SaidOfDatasets {
  /** Of all of them together. */
  mappingVersion: number;
  /** Those that went to the model with the question. */
  examples?: Guidance['examples'] | undefined;
}

/**
 * What stands for the data source in the key of a question about datasets. `exact` holds for these very datasets: their rows may be shown
 * again, and go when one of them is deleted. `content` holds for any upload of the same: the SQL may be used again, where the model was shown
 * the same examples.
 */
export function datasetCacheParts(
  tables: readonly AskedContent[],
  { examples = [], mappingVersion }: SaidOfDatasets,
): { exact: Ground; content: Ground } {
  const contents = tables.map(({ contentKey, name }) => [name, contentKey]);
  const ids = tables.map(({ id }) => id);
  return {
    exact: { dataSourceId: JSON.stringify(ids), versionId: JSON.stringify(contents), mappingVersion },
    content: {
      dataSourceId: 'datasets',
      versionId: JSON.stringify(examples.length > 0 ? [contents, examples] : contents),
      mappingVersion: 0,
    },
  };
}
