import { LIMITS } from '../../contracts/limits.js';
import { QuaestorError, toErrorRecord } from '../../contracts/quaestor-error.js';
import { checkTree } from '../../domain/guard/duckdb/check-tree.js';
import { resolveDuckDbNames } from '../../domain/guard/duckdb/resolve-names.js';
import { MAX_NESTING, nestingBound } from '../../domain/guard/nesting-bound.js';
import type { GuardTable, GuardVerdict } from '../../domain/guard/verdict.js';
import type { DuckDbParser } from '../datasets/queries/duckdb-parser.js';

export interface GuardDuckDbInput {
  sql: string;
  /** The datasets and results of the question, as the views of its session are called. */
  tables: readonly GuardTable[];
}

/**
 * Judges SQL for datasets (docs/decisions/0013-questions-about-datasets.md): DuckDB's own parser serialises it in a process of its own, and the
 * tree must be one query of parts, functions and tables that are on the lists. What passes still runs in an untrusted session of a
 * capped process.
 *
 * `limitedSql` ends in a LIMIT of one row more than is kept, where the query can take one; else the rows are counted as they come.
 * Every refusal is in the verdict, with the codes of guardSql.
 */
export async function guardDuckDbSql(parser: DuckDbParser, input: GuardDuckDbInput): Promise<GuardVerdict> {
  try {
    if (input.sql.length > LIMITS.sqlChars)
      throw syntaxError(
        `The SQL has ${input.sql.length} characters; at most ${LIMITS.sqlChars} are looked at.`,
      );
    if (input.sql.includes('\0')) throw syntaxError('The SQL has a NUL character.');
    if (nestingBound(input.sql) > MAX_NESTING)
      throw syntaxError(`The SQL nests deeper than ${MAX_NESTING} levels.`);
    const query = checkTree(await serialize(parser, input.sql));
    const names = resolveDuckDbNames(query, input.tables);
    const sql = input.sql.trim().replace(/[\s;]+$/, '');
    return { accepted: true, sql, limitedSql: await limited(parser, sql), ...names };
  } catch (error) {
    if (error instanceof QuaestorError && error.entry.origin === 'guard')
      return { accepted: false, error: toErrorRecord(error) };
    throw error;
  }
}

const syntaxError = (message: string): QuaestorError => new QuaestorError('sql_syntax_error', message);

async function serialize(parser: DuckDbParser, sql: string): Promise<unknown> {
  try {
    return await parser.serialize(sql);
  } catch (error) {
    // A text that ends the parser, or keeps it busy, is no SQL that anybody needs.
    if (error instanceof QuaestorError && PARSERS_END.has(error.code))
      throw syntaxError('DuckDB’s parser did not get to the end of the SQL.');
    throw error;
  }
}
const PARSERS_END = new Set(['dataset_out_of_memory', 'query_failed', 'query_timed_out']);

/** With a limit of its own, the limit that is added is a syntax error, and the text stays as it is. */
async function limited(parser: DuckDbParser, sql: string): Promise<string> {
  const text = `${sql}\nLIMIT ${LIMITS.resultRows + 1}`;
  const serialized = (await serialize(parser, text)) as { error?: boolean; statements?: unknown[] };
  return serialized.error === true || serialized.statements?.length !== 1 ? sql : text;
}
