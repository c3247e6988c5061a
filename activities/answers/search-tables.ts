import { SEARCH_LIMITS, type SearchResult } from '../../contracts/schema-search.js';
import type { SearchSchemaInput } from '../../contracts/workflows.js';
import { noteDataSourceUse } from '../../db/statements/data-source-uses.js';
import { loadMappings } from '../../db/statements/mappings.js';
import { getActiveVersion } from '../../db/statements/registry/versions.js';
import { countKinds } from '../../domain/mapping/preferences.js';
import { describeFound } from '../../domain/ranking/describe-found.js';
import { activitySignal } from '../activity-context.js';
import type { AnswerDeps } from './answer-deps.js';
import { retrieveTables } from './retrieve-tables.js';

/**
 * The tables for a query, as a question would get them, with all that speaks for each.
 * @throws QuaestorError `data_source_not_indexed`, `subject_area_unknown`.
 */
export async function searchTables(deps: AnswerDeps, input: SearchSchemaInput): Promise<SearchResult> {
  const started = performance.now();
  const { dataSourceId } = input;
  const [version, mappings] = await deps.db.withTenant(input.tenantId, async (tx) =>
    Promise.all([
      getActiveVersion(tx, dataSourceId),
      loadMappings(tx, dataSourceId),
      noteDataSourceUse(tx, dataSourceId),
    ]),
  );
  const found = await retrieveTables(deps, {
    tenantId: input.tenantId,
    version,
    mappings,
    text: input.query,
    area: input.area,
    maxTables: input.limit,
    signal: activitySignal(),
  });
  return {
    tables: describeFound({ query: input.query, ...found }),
    joins: found.schema.foreignKeys.slice(0, SEARCH_LIMITS.joins),
    values: found.values,
    mappings: countKinds(mappings.entries),
    ...(found.withoutVectors ? { withoutVectors: found.withoutVectors } : {}),
    durationMs: Math.round((performance.now() - started) * 10) / 10,
  };
}
