import { LIMITS } from '../../contracts/limits.js';
import type { ChosenTable, EarlierTurn } from '../../contracts/question.js';
import type { ForeignKey, RegistryTable, SampledValues } from '../../contracts/schema-registry.js';
import {
  type QuestionTable,
  readQuestionTables,
  saveDatasetValues,
} from '../../db/statements/question-tables.js';
import { loadDatasetExamples } from '../../db/statements/verified-examples.js';
import { chooseGuidance } from '../../domain/mapping/choose-guidance.js';
import { matchValues } from '../../domain/values/match-values.js';
import { activitySignal } from '../activity-context.js';
import { lookAtTables } from '../datasets/queries/look-at-tables.js';
import { findSessionTables } from '../datasets/queries/session-tables.js';
import type { AnswerDeps } from './answer-deps.js';
import { catalogOf } from './question-catalog.js';
import { readResult } from './read-result.js';
import type { Retrieved } from './retrieve-tables.js';

export interface ChooseDatasetsInput {
  tenantId: string;
  questionId: string;
  text: string;
  turns: readonly EarlierTurn[];
}

/**
 * The context of a question about datasets: all that it was asked of, with values of the columns that share words with it, and joins
 * that names suggest and values bear out, and the verified examples of these datasets that are most like it. Values are read from a file once and kept; joins are looked at anew, as any two may meet.
 * Where the files are on another machine and do not come soon, the question does without what is not kept yet.
 */
export async function chooseDatasets(
  deps: AnswerDeps,
  { questionId, tenantId, text, turns }: ChooseDatasetsInput,
): Promise<Pick<Retrieved, 'schema' | 'chosen' | 'values' | 'guidance'> & { mappingVersion: number }> {
  const [asked, examples] = await deps.db.withTenant(tenantId, (tx) =>
    Promise.all([readQuestionTables(tx, questionId), loadDatasetExamples(tx, questionId)]),
  );
  const catalog = catalogOf(asked);
  const { tables } = catalog.schema;
  const { joins, values } = await lookAt(deps, tenantId, asked, tables);
  const said = [...turns.map(({ question }) => question), text].join('\n');
  return {
    schema: { tables, foreignKeys: joins },
    chosen: allAsked(tables),
    values: matchValues(said, tables, { ...catalog.values, ...values }),
    guidance: chooseGuidance(
      text,
      tables.map(({ tableName }) => tableName),
      examples.entries,
    ),
    mappingVersion: examples.version,
  };
}

/** All tables, in their order. */
export const allAsked = (tables: readonly RegistryTable[]): ChosenTable[] =>
  tables.map(({ canonicalTableName }, index) => ({
    canonicalTableName,
    rank: index + 1,
    score: 1,
    reasons: ['the question is about it'],
  }));

async function lookAt(
  deps: AnswerDeps,
  tenantId: string,
  asked: readonly QuestionTable[],
  tables: readonly RegistryTable[],
): Promise<{ joins: ForeignKey[]; values: SampledValues }> {
  const { files, queries } = deps.datasets;
  const signal = activitySignal();
  const unknown = new Map(
    asked.flatMap((table) =>
      'versionId' in table && table.values === null ? [[table.name, table.versionId] as const] : [],
    ),
  );
  const session = await findSessionTables({
    files,
    tenantId,
    tables: asked,
    signal,
    patienceMs: LIMITS.datasetLookFetchMs,
    readRows: (id) => readResult(deps.db, tenantId, id, signal),
  });
  if (!session) return { joins: [], values: {} };
  const { joins, values } = await session.withFiles(() =>
    lookAtTables(queries, {
      session,
      tables,
      toSample: new Set(unknown.keys()),
      acquireTimeoutMs: LIMITS.datasetInlineAcquireMs,
      signal,
    }),
  );
  if (values.size > 0)
    await deps.db.withTenant(tenantId, async (tx) => {
      for (const [name, list] of values) await saveDatasetValues(tx, unknown.get(name)!, list);
    });
  return { joins, values: Object.assign({}, ...values.values()) };
}
