import { QuaestorError } from '../../contracts/quaestor-error.js';
import { getDataSourceForChecks } from '../../db/statements/data-sources.js';
import { readTablesOfExample } from '../../db/statements/question-tables.js';
import { listExampleTables } from '../../db/statements/verified-examples.js';
import type { AnswerDeps } from '../answers/answer-deps.js';
import { guardInputOf } from '../answers/guard-sql.js';
import type { GuardSqlInput } from '../answers/guard-sql-input.js';
import { openSource, openTables, type QueryTarget } from '../answers/query-target.js';
import { guardCatalogOf } from '../answers/question-catalog.js';

/** What the SQL of an example is held against and runs on, as it is now. */
export interface LoadedGround {
  guard: Omit<GuardSqlInput, 'sql'>;
  open(): Promise<QueryTarget>;
}

/** @throws QuaestorError `data_source_not_indexed` */
export async function loadSourceGround(
  deps: AnswerDeps,
  source: { tenantId: string; dataSourceId: string },
): Promise<LoadedGround> {
  const { dataSourceId, tenantId } = source;
  const found = await deps.db.withTenant(tenantId, (tx) => getDataSourceForChecks(tx, dataSourceId));
  if (!found?.versionId)
    throw new QuaestorError('data_source_not_indexed', 'The data source has no finished index.');
  const { schema } = await deps.schemas.load({ tenantId, versionId: found.versionId });
  return {
    guard: { ...guardInputOf(found), tables: schema.tables },
    open: () => openSource(deps, source),
  };
}

/** The datasets of an example in the versions that are on. @throws QuaestorError `not_found` when one of them was deleted */
export async function loadDatasetGround(
  deps: AnswerDeps,
  { mappingId, tenantId }: { tenantId: string; mappingId: string },
): Promise<LoadedGround> {
  const [wanted, tables] = await deps.db.withTenant(tenantId, (tx) =>
    Promise.all([listExampleTables(tx, mappingId), readTablesOfExample(tx, mappingId)]),
  );
  const gone = wanted.filter(({ name }) => !tables.some((table) => table.name === name));
  if (gone.length > 0) {
    const titles = gone.map(({ title }) => `“${title}”`).join(', ');
    throw new QuaestorError(
      'not_found',
      `The example reads ${titles}, and that was deleted. Delete the example; an answer from datasets that are there can be verified in its place.`,
      { details: { tables: gone.map(({ name }) => name) } },
    );
  }
  const { schema } = guardCatalogOf(tables);
  return {
    guard: { dialect: 'duckdb', tables: schema.tables, parser: deps.datasets.parser },
    open: () => openTables(deps, { tenantId, tables }, 'queued'),
  };
}
