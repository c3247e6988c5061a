import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Question } from '../contracts/question.js';
import type { MappingContent, MappingGround } from '../contracts/schema-mapping.js';
import type { ExampleOwner } from '../contracts/verified-example.js';
import type { Transaction } from '../db/database.js';
import { getDataset } from '../db/statements/datasets.js';
import type { ExampleGround, NewExampleTable } from '../db/statements/verified-examples.js';
import { checkMappings } from '../domain/mapping/check-mappings.js';
import { isNamedIn, sqlWords } from '../domain/names-in-sql.js';
import { loadNameBook } from './load-name-book.js';

/** What an example will be of. */
export interface FoundGround {
  ground: ExampleGround;
  /** Of its mapping. */
  mappingGround: MappingGround;
  entries: MappingContent[];
  /** All whose examples it will be among. */
  owners: ExampleOwner[];
}

/**
 * What the SQL of an answer reads: the data source of its question, or those of its datasets that the SQL names.
 * @throws QuaestorError `data_source_not_indexed`; `conflict` for SQL that reads the rows of another answer
 */
export async function findExampleGround(
  tx: Transaction,
  { dataSourceId, tables = [] }: Question,
  { question, sql }: { question: string; sql: string },
): Promise<FoundGround> {
  const given = { kind: 'example', question, sql } as const;
  if (dataSourceId !== null) {
    const { entries } = checkMappings([given], await loadNameBook(tx, dataSourceId, []));
    const source = { dataSourceId };
    return { ground: source, mappingGround: source, entries, owners: [source] };
  }
  const words = sqlWords(sql);
  const named = tables.filter(({ name }) => isNamedIn(words, name));
  const results = named.filter((table) => 'resultOf' in table);
  if (results.length > 0) throw readsAnswers(results);
  const read: NewExampleTable[] = [];
  // SQL that names none (SELECT 1) is of all that was asked.
  for (const table of named.length > 0 ? named : tables) {
    if (!('datasetId' in table)) continue;
    const { datasetId, name } = table;
    read.push({ name, datasetId, title: (await getDataset(tx, datasetId))?.name ?? name });
  }
  if (read.length === 0) throw readsAnswers(tables);
  const datasetIds = read.map(({ datasetId }) => datasetId);
  return {
    ground: { tables: read },
    mappingGround: { datasetIds },
    entries: [{ ...given, tables: read.map(({ name }) => name) }],
    owners: read.map(({ datasetId }) => ({ datasetId })),
  };
}

/** Kept rows of an answer never change and go with their question: SQL over them could be checked against nothing. */
const readsAnswers = (tables: NonNullable<Question['tables']>): QuaestorError =>
  new QuaestorError(
    'conflict',
    `The SQL reads kept rows of another answer (${tables.map(({ name }) => name).join(', ')}), which are not read anew, so there is nothing to check it against later. Export those rows, upload the file as a dataset, ask that and save its answer; or save the answer that they are of.`,
    { details: { resultOf: tables.flatMap((table) => ('resultOf' in table ? [table.resultOf] : [])) } },
  );
