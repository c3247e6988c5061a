import { LIMITS } from '../../contracts/limits.js';
import { QuaestorError, toErrorRecord } from '../../contracts/quaestor-error.js';
import { checkTokens, onlyStatement } from '../../domain/guard/mysql/check-tokens.js';
import { checkTree } from '../../domain/guard/mysql/check-tree.js';
import {
  placeInText,
  readTokens,
  runnableText,
  syntaxErrorAt,
} from '../../domain/guard/mysql/read-tokens.js';
import { resolveMysqlNames, type TreeNode } from '../../domain/guard/mysql/resolve-names.js';
import { buildSkeleton } from '../../domain/guard/mysql/skeleton.js';
import { MAX_NESTING, nestingBound } from '../../domain/guard/nesting-bound.js';
import type { GuardVerdict } from '../../domain/guard/verdict.js';
import type { GuardSqlInput } from './guard-sql-input.js';

/**
 * Judges generated SQL for MySQL and MariaDB (docs/decisions/0010-guard-for-mysql.md): its words first, by our own reader, which must understand
 * every character; then the tree that polyglot makes of what is left when texts, numbers and functions are taken out.
 * What runs is the text that was read, without its comments, in a session whose `sql_mode` is the one it was read with.
 *
 * `limitedSql` is the same text: the limit from outside is a setting of the session (activities/data-sources/mysql/run-query.ts).
 * Every refusal is in the verdict, with the codes of guardSql.
 */
export const guardMysqlSql = async (input: GuardSqlInput): Promise<GuardVerdict> => {
  const { extraFunctions = [], searchPath, sql, tables } = input;
  try {
    if (sql.length > LIMITS.sqlChars)
      throw new QuaestorError(
        'sql_syntax_error',
        `The SQL has ${sql.length} characters; at most ${LIMITS.sqlChars} are looked at.`,
      );
    const nul = sql.indexOf('\0');
    if (nul >= 0) throw syntaxErrorAt(sql, nul, 'The SQL has a NUL character.');
    const tokens = onlyStatement(readTokens(sql));
    const extra = new Set(extraFunctions.map((name) => name.toLowerCase()));
    const statement = checkTokens(sql, tokens, extra);
    const skeleton = buildSkeleton(statement);
    if (nestingBound(skeleton.sql) > MAX_NESTING)
      throw new QuaestorError('sql_syntax_error', `The SQL nests deeper than ${MAX_NESTING} levels.`);
    const query = checkTree(await parseSkeleton(sql, skeleton.sql));
    const names = resolveMysqlNames(query, {
      tables,
      defaultSchema: searchPath?.[0],
      names: skeleton.names,
    });
    const text = runnableText(sql, tokens, statement.calls);
    return { accepted: true, sql: text, limitedSql: text, ...names };
  } catch (error) {
    if (error instanceof QuaestorError) return { accepted: false, error: toErrorRecord(error) };
    throw error;
  }
};

/** @throws QuaestorError `sql_syntax_error`; the place is not known, as the parser saw another text */
const parseSkeleton = async (sql: string, skeleton: string): Promise<readonly TreeNode[]> => {
  // Some 80 MB, which a process that never judges SQL for MySQL does not take.
  const { Dialect, parse } = await import('@polyglot-sql/sdk');
  const parsed = parse(skeleton, Dialect.MySQL);
  if (parsed.success && Array.isArray(parsed.ast)) return parsed.ast as unknown as TreeNode[];
  throw new QuaestorError('sql_syntax_error', 'The SQL cannot be parsed as a query of MySQL or MariaDB.', {
    details: { ...placeInText(sql, 0), parser: parsed.error ?? '' },
  });
};
