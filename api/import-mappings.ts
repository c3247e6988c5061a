import { parse } from 'yaml';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { MappingReport } from '../contracts/schema-mapping.js';
import type { Transaction } from '../db/database.js';
import { putJoinDecisions } from '../db/statements/joins.js';
import { putMappings } from '../db/statements/mappings.js';
import { matchDbt } from '../domain/mapping/match-dbt.js';
import { type DbtDocument, readDbt } from '../domain/mapping/read-dbt.js';
import { loadNameBook } from './load-name-book.js';

/** YAML is read some hundred times slower than JSON; manifests are JSON. UTF-16 code units. */
const MAX_YAML_CHARS = 2_000_000;

/** @throws QuaestorError `mapping_import_unreadable`. */
export function readDbtDocument(document: string | object): DbtDocument {
  const dbt = readDbt(typeof document === 'string' ? readText(document) : document);
  if (dbt) return dbt;
  throw new QuaestorError(
    'mapping_import_unreadable',
    'The document has neither the nodes of a manifest nor models, sources or metrics.',
  );
}

/**
 * Takes over what a dbt document says about tables that the index has.
 * @throws QuaestorError `not_found`, `data_source_not_indexed`.
 */
export async function importMappings(
  tx: Transaction,
  dataSourceId: string,
  dbt: DbtDocument,
): Promise<MappingReport & { matchedTables: number; joins: number }> {
  const names = [...dbt.tables, ...dbt.metrics.flatMap(({ tables }) => tables)].flatMap((table) => [
    table.tableName,
    ...(table.schemaName === undefined ? [] : [`${table.schemaName}.${table.tableName}`]),
  ]);
  const ends = dbt.tables.flatMap(({ relationships }) => relationships.map(({ toTable }) => toTable));
  const { entries, joins, matchedTables, unmatched } = matchDbt(
    dbt,
    await loadNameBook(tx, dataSourceId, [...names, ...ends]),
  );
  const counts = await putMappings(tx, { dataSourceId }, entries, { origin: 'dbt' });
  const accepted = joins.map((join) => ({ ...join, decision: 'accepted' as const }));
  await putJoinDecisions(tx, dataSourceId, accepted, 'dbt');
  return { ...counts, unmatched: unmatched.slice(0, 500), matchedTables, joins: joins.length };
}

function readText(text: string): unknown {
  const isJson = text.trimStart().startsWith('{');
  if (!isJson && text.length > MAX_YAML_CHARS) {
    throw new QuaestorError(
      'mapping_import_unreadable',
      `The YAML has ${text.length} characters; at most ${MAX_YAML_CHARS} are read. Send the manifest.json instead.`,
    );
  }
  try {
    return isJson ? JSON.parse(text) : parse(text);
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    throw new QuaestorError(
      'mapping_import_unreadable',
      `The text is neither JSON nor YAML: ${reason?.slice(0, 200)}`,
    );
  }
}
