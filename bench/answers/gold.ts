import type pg from 'pg';
import { guardSql } from '../../activities/answers/guard-sql.js';
import { readTables } from '../../activities/data-sources/postgres/introspect.js';
import type { ErrorRecord } from '../../contracts/quaestor-error.js';
import type { RegistryTable } from '../../contracts/schema-registry.js';
import type { ResultTable } from './compare-results.js';
import { type BenchQuestion, goldVariants } from './questions.js';

export interface GoldSql {
  sql: string;
  result: ResultTable;
  /** Canonical names of what it reads; absent where the guard refused it. */
  needs?: { tables: string[]; columns: string[] };
}

export interface Gold {
  /** Those that Postgres runs. */
  variants: GoldSql[];
  /** First refusal by the guard of SQL that Postgres runs. */
  refusal?: ErrorRecord;
  /** Why Postgres runs none of them. */
  broken?: string;
}

/** All tables of a database with their columns, as indexing would find them. */
export async function readCatalog(client: pg.Client): Promise<RegistryTable[]> {
  const tables: RegistryTable[] = [];
  for await (const page of readTables(client as unknown as pg.PoolClient, [])) tables.push(...page);
  return tables;
}

/** Runs every gold variant of a question by itself and asks the guard about it. */
export async function readGold(
  client: pg.Client,
  tables: readonly RegistryTable[],
  question: BenchQuestion,
): Promise<Gold> {
  const gold: Gold = { variants: [] };
  for (const sql of goldVariants(question.sql!)) {
    let result: ResultTable;
    try {
      result = await runPlainly(client, sql);
    } catch (error) {
      gold.broken ??= (error as Error).message;
      continue;
    }
    const verdict = await guardSql({ sql, tables });
    if (!verdict.accepted) gold.refusal ??= verdict.error;
    gold.variants.push({
      sql,
      result,
      ...(verdict.accepted ? { needs: { tables: verdict.tables, columns: verdict.columns } } : {}),
    });
  }
  if (gold.variants.length > 0) delete gold.broken;
  return gold;
}

/** The rows of a statement as the texts that Postgres prints, in the settings of Quaestor's own sessions. */
export async function runPlainly(client: pg.Client, sql: string): Promise<ResultTable> {
  await client.query(`BEGIN READ ONLY; SET LOCAL TIME ZONE 'UTC'; SET LOCAL statement_timeout = 10000`);
  try {
    const { rows, fields } = await client.query<string[]>({ text: sql, rowMode: 'array' });
    return { columns: fields.map(({ name }) => name), rows };
  } finally {
    await client.query('ROLLBACK');
  }
}
