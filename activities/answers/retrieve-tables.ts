import type { ChosenTable, EarlierTurn } from '../../contracts/question.js';
import type { Guidance, MappingSet } from '../../contracts/schema-mapping.js';
import type { SampledValues, SchemaContext } from '../../contracts/schema-registry.js';
import type { ActiveVersion } from '../../db/statements/registry/versions.js';
import { withEarlierTables } from '../../domain/conversation/with-earlier-tables.js';
import { usedKeys } from '../../domain/joins/used-joins.js';
import { applyMappings } from '../../domain/mapping/apply-mappings.js';
import { chooseGuidance } from '../../domain/mapping/choose-guidance.js';
import { expectPreferences } from '../../domain/mapping/expect-preferences.js';
import { chooseTables, narrowSchema, VECTOR_WEIGHTS } from '../../domain/ranking/choose-tables.js';
import { completeSmallSchema } from '../../domain/ranking/complete-small-schema.js';
import { nearestTables } from '../../domain/ranking/nearest-tables.js';
import type { TableIndex } from '../../domain/ranking/table-index.js';
import { matchValues } from '../../domain/values/match-values.js';
import { findValueHits } from '../../domain/values/value-index.js';
import type { AnswerDeps } from './answer-deps.js';
import { assertIndexed } from './assert-indexed.js';
import { embedQuestion } from './embed-question.js';

export interface RetrieveInput {
  tenantId: string;
  /** Undefined before the first indexing has ended. */
  version: ActiveVersion | undefined;
  mappings: MappingSet;
  text: string;
  /** The conversation before the question: its tables are chosen too. */
  turns?: readonly EarlierTurn[];
  /** Name of a subject area; tables outside of it are not chosen. */
  area?: string | undefined;
  /** Ranked tables at most. Default as chooseTables. */
  maxTables?: number | undefined;
  /** Ends the wait for the question's vector. */
  signal: AbortSignal;
}

export interface Retrieved {
  /** The chosen tables with the keys among them, as people describe them. */
  schema: SchemaContext;
  chosen: ChosenTable[];
  values: SampledValues;
  guidance: Guidance | undefined;
  index: TableIndex;
  /** Why vectors took no part; absent when they did. */
  withoutVectors?: string;
}

/** Tables looked at by their vectors. */
const VECTOR_HITS = 200;

/**
 * Finds the tables for a text in one version of a data source: what answering and searching share.
 * @throws QuaestorError `data_source_not_indexed`, `subject_area_unknown`, or a `model_…` code of the embedding endpoint.
 */
export async function retrieveTables(
  deps: Pick<AnswerDeps, 'schemas' | 'embeddings' | 'contextTokens'>,
  input: RetrieveInput,
): Promise<Retrieved> {
  const { tenantId, version, mappings, text } = input;
  assertIndexed(version);
  const preferences = expectPreferences(mappings.entries, input.area);
  const loaded = await deps.schemas.load({ tenantId, versionId: version.id }, mappings);
  const { index, values } = loaded;
  const foreignKeys = usedKeys(loaded.schema.foreignKeys, loaded.inferred, mappings.joins);
  const schema = { tables: loaded.schema.tables, foreignKeys };
  const { vector, withoutVectors } = await embedQuestion(
    deps.embeddings,
    text,
    version.embeddingModel,
    input.signal,
  );
  const ranked = chooseTables({
    question: text,
    schema,
    index,
    vectorHits: vector ? nearestTables(loaded.vectors, vector, VECTOR_HITS) : [],
    vectorWeight: VECTOR_WEIGHTS[deps.embeddings.kind],
    preferences,
    tokenBudget: deps.contextTokens,
    valueHits: findValueHits(text, loaded.valueIndex),
    ...(input.maxTables === undefined ? {} : { maxTables: input.maxTables }),
  });
  const turns = input.turns ?? [];
  const complete = input.maxTables === undefined ? completeSmallSchema(ranked, schema, preferences) : ranked;
  const allowed = preferences.isRestricting
    ? { ...schema, tables: schema.tables.filter((table) => preferences.isAllowed(table)) }
    : schema;
  const chosen = withEarlierTables(complete, turns, allowed);
  const narrow = narrowSchema(schema, chosen);
  const names = chosen.map(({ canonicalTableName }) => canonicalTableName);
  return {
    schema: { ...narrow, tables: applyMappings(narrow.tables, mappings.entries) },
    chosen,
    values: matchValues([...turns.map(({ question }) => question), text].join('\n'), narrow.tables, values),
    guidance: chooseGuidance(text, names, mappings.entries),
    index,
    ...(withoutVectors ? { withoutVectors } : {}),
  };
}
