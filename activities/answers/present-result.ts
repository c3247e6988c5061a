import { parse } from 'libpg-query';
import type { QueryDialect } from '../../contracts/data-source.js';
import type { Presentation } from '../../contracts/presentation.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { SampledValues } from '../../contracts/schema-registry.js';
import { getQuestionWork } from '../../db/statements/questions.js';
import { chooseChart } from '../../domain/chart/choose-chart.js';
import { explainResult } from '../../domain/explain/explain-result.js';
import { resultShape } from '../../domain/result/result-shape.js';
import { collectWarnings } from '../../domain/warnings/collect-warnings.js';
import { findLossyJoins, type LossyJoin, sayLossyJoins } from '../../domain/warnings/lossy-joins.js';
import {
  findNullsLeftOut,
  type NullsLeftOut,
  sayNullsLeftOut,
} from '../../domain/warnings/nulls-left-out.js';
import {
  duckDbAsPostgres,
  queryShapes,
  type SelectShape,
  tablesOf,
} from '../../domain/warnings/query-shape.js';
import { findTiesCutOff, sayTiesCutOff, type TiesCutOff } from '../../domain/warnings/ties-cut-off.js';
import { readTopCut } from '../../domain/warnings/top-cut.js';
import type { ExplainedQuery, QueryResult } from '../data-sources/connector.js';
import type { AnswerDeps } from './answer-deps.js';
import { guardInputOf, guardSql } from './guard-sql.js';
import { mysqlAsPostgres } from './mysql-as-postgres.js';
import { placedTokens } from './placed-tokens.js';
import { loadCatalog } from './question-catalog.js';
import type { RunSqlInput } from './run-sql-input.js';

/** What a result is judged by besides its rows. */
export interface QueryGround {
  userId: string;
  /** Empty for SQL that Postgres' parser does not take, in its spelling: then only the rows are looked at. */
  shapes: SelectShape[];
  /** Canonical names of the tables that are read. */
  tables: string[];
  /** Inner joins that may leave out rows without a key. */
  lossyJoins: LossyJoin[];
  /** Averages that may leave out rows without a value. */
  nullsLeftOut: NullsLeftOut[];
  /** The first rows of an order that may stop amid rows that are alike. */
  tiesCutOff: TiesCutOff[];
  /** Tables that hold less than they are the answer to. */
  cutOff: string[];
  /** Whether whole numbers divide to whole numbers. */
  dividesWhole: boolean;
  values: SampledValues;
}

/** Reads the SQL against what the question may read. */
export async function loadQueryGround(
  deps: Pick<AnswerDeps, 'db' | 'schemas' | 'datasets'>,
  { tenantId, questionId, sql }: Pick<RunSqlInput, 'tenantId' | 'questionId' | 'sql'>,
): Promise<QueryGround> {
  const work = await deps.db.withTenantAtOnce(tenantId, (tx) => getQuestionWork(tx, questionId));
  if (!work) throw new QuaestorError('not_found', 'The question was deleted.');
  const { cutOff, schema, values } = await loadCatalog(deps, tenantId, questionId, work);
  const { dialect, userId } = work;
  // What Postgres' parser takes of DuckDB's SQL, it reads as DuckDB does.
  const text = await asPostgres(sql, dialect);
  const tree = text === undefined ? undefined : await parse(text).catch(() => undefined);
  const shapes = tree ? queryShapes(tree, schema) : [];
  const lossyJoins = findLossyJoins(shapes, schema, dialect);
  const nullsLeftOut = findNullsLeftOut(shapes, dialect);
  const { parser } = deps.datasets;
  const judge = async (text: string) =>
    await guardSql({ ...guardInputOf(work), sql: text, tables: schema.tables, parser });
  const ties = await tiesOf(sql, shapes, dialect);
  // These hold the text of the query, cut and put together anew: they are judged as it was.
  const verdicts = await Promise.all(ties.map(({ countSql }) => judge(countSql)));
  const tiesCutOff = ties.filter((_, index) => verdicts[index]!.accepted);
  const read = { userId, shapes, lossyJoins, nullsLeftOut, tiesCutOff, cutOff, values };
  if (dialect === 'postgres') return { ...read, tables: tablesOf(shapes), dividesWhole: true };
  const verdict = await judge(sql);
  const tables = verdict.accepted ? verdict.tables : [];
  return { ...read, tables, dividesWhole: false };
}

/** Statements of counts that warnings are made of. */
export const countsWantedBy = ({ lossyJoins, nullsLeftOut, tiesCutOff }: QueryGround): string[] =>
  [...lossyJoins, ...nullsLeftOut, ...tiesCutOff].map(({ countSql }) => countSql);

async function tiesOf(
  sql: string,
  shapes: readonly SelectShape[],
  dialect: QueryDialect,
): Promise<TiesCutOff[]> {
  const outermost = shapes.at(-1);
  if (!outermost || outermost.sortKeys.length === 0) return [];
  const cut = readTopCut(sql, await placedTokens(sql, dialect));
  return cut ? findTiesCutOff(outermost, cut) : [];
}

async function asPostgres(sql: string, dialect: QueryDialect): Promise<string | undefined> {
  if (dialect === 'mysql') return await mysqlAsPostgres(sql);
  return dialect === 'duckdb' ? duckDbAsPostgres(sql) : sql;
}

/** Chart, words and warnings of a result, and the tables that it was read from. */
export function presentResult(
  { columns, rows, truncated }: QueryResult,
  { cutOff, dividesWhole, lossyJoins, nullsLeftOut, shapes, tables, tiesCutOff, values }: QueryGround,
  counts: ExplainedQuery['counts'],
): { tables: string[]; presentation: Presentation } {
  const result = resultShape({ columns, rows, truncated });
  const today = new Date().toISOString().slice(0, 10);
  return {
    tables,
    presentation: {
      chart: chooseChart(result),
      explanation: explainResult(result),
      warnings: collectWarnings({
        result,
        shapes,
        values,
        today,
        dividesWhole,
        joinsLeavingOut: sayLossyJoins(lossyJoins, counts),
        nullsLeftOut: sayNullsLeftOut(nullsLeftOut, counts),
        tiesCutOff: sayTiesCutOff(tiesCutOff, counts),
        cutOff: cutOff.filter((table) => tables.includes(table)),
      }),
    },
  };
}
