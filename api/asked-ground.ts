import { LIMITS } from '../contracts/limits.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { AskedTable } from '../contracts/question.js';
import type { Transaction } from '../db/database.js';
import { findAreaOfConversation } from '../db/statements/conversations.js';
import { getDataSourceForAsking } from '../db/statements/data-sources.js';
import { loadMappings } from '../db/statements/mappings.js';
import { readDatasetsForAsking } from '../db/statements/question-tables.js';
import { getQuestion } from '../db/statements/questions.js';
import { expectReady, type ReadyDataset } from '../db/statements/renew-question-tables.js';
import type { AnswerCacheParts } from '../domain/answer-cache-key.js';
import { datasetCacheParts } from '../domain/datasets/cache-parts.js';
import { tableNames } from '../domain/datasets/table-names.js';
import { expectPreferences } from '../domain/mapping/expect-preferences.js';
import { isUuid } from './schemas/text.js';

/** What a question is to be asked of: one data source, or datasets and rows of other questions. */
export type AskTarget =
  | {
      dataSourceId: string;
      /** Name of a subject area; null: all of the data source; left out: as the conversation before. */
      area?: string | null | undefined;
    }
  | { datasetIds: readonly string[]; resultOf: readonly string[] };

/** The same, found in the store as it is now. */
export interface AskedGround {
  /** Null for datasets. */
  dataSourceId: string | null;
  /** Empty for a data source. */
  tables: AskedTable[];
  /** Its part of the key of cached answers. */
  edition: Pick<AnswerCacheParts, 'dataSourceId' | 'versionId' | 'mappingVersion' | 'area'>;
}

/** @throws QuaestorError `not_found`, `data_source_not_indexed`, `subject_area_unknown`, `dataset_not_ready`, `conflict` for a question without rows. */
export async function findGround(
  tx: Transaction,
  target: AskTarget,
  conversationId?: string,
): Promise<AskedGround> {
  if (!('dataSourceId' in target)) return await findTables(tx, target);
  const { dataSourceId } = target;
  const source = isUuid(dataSourceId) ? await getDataSourceForAsking(tx, dataSourceId) : undefined;
  if (!source) throw new QuaestorError('not_found', 'There is no data source with this id.');
  const { activeVersionId: versionId, mappingVersion } = source;
  if (versionId === null) {
    throw new QuaestorError('data_source_not_indexed', 'The data source has no index yet.', {
      details: { dataSourceId },
    });
  }
  const area = await areaOf(tx, target.area, conversationId);
  if (area !== undefined) expectPreferences((await loadMappings(tx, dataSourceId)).entries, area);
  return { dataSourceId, tables: [], edition: { dataSourceId, versionId, mappingVersion, area } };
}

/** A question that goes on with others keeps to what they keep to, until it says otherwise. */
async function areaOf(
  tx: Transaction,
  area: string | null | undefined,
  conversationId: string | undefined,
): Promise<string | undefined> {
  if (area !== undefined) return area ?? undefined;
  return conversationId === undefined ? undefined : await findAreaOfConversation(tx, conversationId);
}

async function findTables(
  tx: Transaction,
  target: { datasetIds: readonly string[]; resultOf: readonly string[] },
): Promise<AskedGround> {
  const datasetIds = [...new Set(target.datasetIds.map((id) => id.toLowerCase()))];
  const resultOf = [...new Set(target.resultOf.map((id) => id.toLowerCase()))];
  const count = datasetIds.length + resultOf.length;
  if (count > LIMITS.questionTables) {
    throw new QuaestorError(
      'invalid_request',
      `A question may be about ${LIMITS.questionTables} datasets and results at most; there are ${count}.`,
    );
  }
  const datasets = await findDatasets(tx, datasetIds);
  const results: { id: string; text: string; rowsOf: string }[] = [];
  for (const id of resultOf) {
    const question = isUuid(id) ? await getQuestion(tx, id) : undefined;
    if (!question) throw new QuaestorError('not_found', `There is no question ${id}.`);
    if (!question.answer) {
      throw new QuaestorError('conflict', `The question ${id} has no rows: it is ${question.status}.`, {
        details: { questionId: id, status: question.status },
      });
    }
    results.push({ id, text: question.text, rowsOf: question.cachedFrom ?? id });
  }
  const names = tableNames([
    ...datasets.map(({ name }) => name),
    ...results.map(({ text }) => `result ${text}`.slice(0, 40)),
  ]);
  const nameOf = (index: number): string => names[index] ?? `table_${index}`;
  const shift = datasets.length;
  return {
    dataSourceId: null,
    tables: [
      ...datasets.map(({ id, versionId }, i) => ({ name: nameOf(i), datasetId: id, versionId })),
      ...results.map(({ id }, i) => ({ name: nameOf(shift + i), resultOf: id })),
    ],
    edition: datasetCacheParts(
      [
        ...datasets.map(({ id, contentKey }, i) => ({ name: nameOf(i), id, contentKey })),
        ...results.map(({ id, rowsOf }, i) => ({ name: nameOf(shift + i), id, contentKey: rowsOf })),
      ],
      { mappingVersion: datasets.reduce((sum, dataset) => sum + dataset.mappingVersion, 0) },
    ).exact,
  };
}

/** In the order of the ids. */
async function findDatasets(tx: Transaction, ids: readonly string[]): Promise<ReadyDataset[]> {
  const found = new Map(
    (await readDatasetsForAsking(tx, ids.filter(isUuid))).map((dataset) => [dataset.id, dataset]),
  );
  return ids.map((id) => expectReady(found.get(id), id));
}
