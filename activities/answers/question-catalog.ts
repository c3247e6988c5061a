import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { RegistryTable, SampledValues, SchemaContext } from '../../contracts/schema-registry.js';
import { type QuestionTable, readQuestionTables } from '../../db/statements/question-tables.js';
import type { QuestionWork } from '../../db/statements/questions.js';
import { datasetColumns, questionTables, withRowColumn } from '../../domain/datasets/question-schema.js';
import { distinctNames } from '../../domain/export/distinct-names.js';
import type { AnswerDeps } from './answer-deps.js';

/** What a question may read: the registry version that it was given, or the datasets and results that it was asked of. */
export interface QuestionCatalog {
  schema: SchemaContext;
  values: SampledValues;
  /** Results of other questions that were cut off, by the name of their table. */
  cutOff: string[];
}

/** @throws QuaestorError `not_found` when the question was deleted, or what it was asked of. */
export async function loadCatalog(
  deps: Pick<AnswerDeps, 'db' | 'schemas'>,
  tenantId: string,
  questionId: string,
  work: QuestionWork | undefined,
): Promise<QuestionCatalog> {
  if (work?.dialect === 'duckdb') {
    return guardCatalogOf(await deps.db.withTenant(tenantId, (tx) => readQuestionTables(tx, questionId)));
  }
  if (!work?.versionId) throw new QuaestorError('not_found', 'The question was deleted.');
  const { schema, values } = await deps.schemas.load({ tenantId, versionId: work.versionId });
  return { schema, values, cutOff: [] };
}

/** All that SQL over these tables may name. @throws QuaestorError `not_found` when there are none */
export function guardCatalogOf(asked: readonly QuestionTable[]): QuestionCatalog {
  const { schema, ...catalog } = catalogOf(asked);
  return { ...catalog, schema: { ...schema, tables: schema.tables.map(withRows(catalog.datasets)) } };
}

const withRows =
  (datasets: ReadonlySet<string>) =>
  (table: RegistryTable): RegistryTable =>
    datasets.has(table.tableName) ? withRowColumn(table) : table;

/** The catalog of a question about datasets, as its models see it: without the numbers of records, and without joins. */
export function catalogOf(
  asked: readonly QuestionTable[],
): QuestionCatalog & { /** Names of the tables that are datasets. */ datasets: ReadonlySet<string> } {
  if (asked.length === 0) throw new QuaestorError('not_found', 'What the question was asked of was deleted.');
  const tables = questionTables(
    asked.map((table) => {
      const { name, rowCount, title } = table;
      if (!('rowsOf' in table)) return { name, title, rowCount, columns: datasetColumns(table.columns) };
      const names = distinctNames(table.resultColumns.map((column) => column.name));
      const columns = table.resultColumns.map(({ type }, index) => ({
        name: names[index]!,
        type,
        comment: null,
      }));
      const cut = table.truncated ? ' (only its first rows are kept)' : '';
      return { name, title: `answer to: ${title}${cut}`, rowCount, columns };
    }),
  );
  return {
    schema: { tables, foreignKeys: [] },
    values: Object.assign({}, ...asked.map((table) => ('values' in table ? (table.values ?? {}) : {}))),
    cutOff: asked.flatMap((table) => ('rowsOf' in table && table.truncated ? [table.name] : [])),
    datasets: new Set(asked.flatMap((table) => ('rowsOf' in table ? [] : [table.name]))),
  };
}
