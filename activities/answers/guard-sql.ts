import { hasSqlDetails, parse } from 'libpg-query';
import { LIMITS } from '../../contracts/limits.js';
import { QuaestorError, toErrorRecord } from '../../contracts/quaestor-error.js';
import type { QuestionWork } from '../../db/statements/questions.js';
import { checkReadOnly } from '../../domain/guard/check-read-only.js';
import { limitFromOutside } from '../../domain/guard/limit-from-outside.js';
import { MAX_NESTING, nestingBound } from '../../domain/guard/nesting-bound.js';
import { resolveNames } from '../../domain/guard/resolve-names.js';
import type { SyntaxTree } from '../../domain/guard/syntax-tree.js';
import type { GuardVerdict } from '../../domain/guard/verdict.js';
import { guardDuckDbSql } from './guard-duckdb-sql.js';
import { guardMysqlSql } from './guard-mysql-sql.js';
import type { GuardSqlInput } from './guard-sql-input.js';

/** What the guard has to know of the data source of a question. */
export const guardInputOf = ({
  database,
  dialect,
  querySettings,
}: Pick<QuestionWork, 'database' | 'dialect' | 'querySettings'>) => ({
  dialect,
  ...(dialect === 'mysql' ? { searchPath: [database] } : {}),
  extraFunctions: querySettings.allowedFunctions ?? [],
});

const syntaxError = (message: string, details?: Record<string, unknown>): QuaestorError =>
  new QuaestorError('sql_syntax_error', message, details ? { details } : {});

/** The parser counts characters, not UTF-16 code units. */
const placeOf = (sql: string, characters: number): Record<string, unknown> => {
  const before = Array.from(sql).slice(0, characters);
  const line = before.filter((character) => character === '\n').length + 1;
  return {
    position: characters + 1,
    line,
    column: characters - before.lastIndexOf('\n'),
    near: sql.slice(before.join('').length, before.join('').length + 40),
  };
};

const parseSql = async (sql: string): Promise<SyntaxTree> => {
  if (sql.length > LIMITS.sqlChars)
    throw syntaxError(`The SQL has ${sql.length} characters; at most ${LIMITS.sqlChars} are looked at.`);
  if (sql.includes('\0'))
    throw syntaxError('The SQL has a NUL character.', placeOf(sql, Array.from(sql.split('\0')[0]!).length));
  if (nestingBound(sql) > MAX_NESTING) throw syntaxError(`The SQL nests deeper than ${MAX_NESTING} levels.`);
  if (sql.trim() === '') return {};
  try {
    return await parse(sql);
  } catch (error) {
    if (!hasSqlDetails(error) || !error.sqlDetails) throw error;
    const { message, cursorPosition } = error.sqlDetails;
    const token = /at or near "([\s\S]*)"$/.exec(message)?.[1];
    throw syntaxError(`The SQL cannot be parsed: ${message}.`, {
      ...placeOf(sql, Math.max(0, cursorPosition)),
      ...(token === undefined ? {} : { token }),
    });
  }
};

/** The text of the one statement; the tree counts bytes of UTF-8. */
const statementText = (sql: string, { stmts = [] }: SyntaxTree): string => {
  const { stmt_location: start = 0, stmt_len: length = 0 } = stmts[0] ?? {};
  const bytes = Buffer.from(sql, 'utf8');
  return bytes
    .subarray(start, length > 0 ? start + length : bytes.length)
    .toString('utf8')
    .trim();
};

/**
 * Judges generated SQL: for MySQL and MariaDB as guardMysqlSql says, for datasets as guardDuckDbSql says, for Postgres with Postgres' own parser (libpg-query, PostgreSQL 18): one statement that only reads, calls
 * allowed functions only, and names only what the index has. A text that passes still has to run in a read-only transaction
 * with a timeout, as a user that may do little, and with `standard_conforming_strings` on, as the parser assumed.
 *
 * Every refusal is in the verdict: `sql_syntax_error` (details: `position` from 1 in characters, `line`, `column`, `token`, `near`),
 * `sql_not_single_statement`, `sql_not_read_only`, `sql_unknown_function`, `sql_unknown_table` (details: `unknown`).
 */
export const guardSql = async (input: GuardSqlInput): Promise<GuardVerdict> => {
  if (input.dialect === 'mysql') return guardMysqlSql(input);
  if (input.dialect === 'duckdb') {
    if (!input.parser) throw new Error('SQL of DuckDB is read by its own parser');
    return await guardDuckDbSql(input.parser, input);
  }
  const { extraFunctions, searchPath, sql, tables } = input;
  try {
    const tree = await parseSql(sql);
    const query = checkReadOnly(tree, { extraFunctions });
    const names = resolveNames(query, { tables, searchPath, extraFunctions });
    const text = statementText(sql, tree);
    return { accepted: true, sql: text, limitedSql: limitFromOutside(text), ...names };
  } catch (error) {
    if (error instanceof QuaestorError) return { accepted: false, error: toErrorRecord(error) };
    throw error;
  }
};
