import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { readForeignKeys, readTables } from '../../activities/data-sources/postgres/introspect.js';
import { SourcePools } from '../../activities/data-sources/postgres/source-pools.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';

export interface BenchQuestion {
  id: string;
  database: string;
  question: string;
  /** `schema.table`, unquoted; any table of a needed table's family counts. */
  tables: string[];
}

/** Statements sent in one go: few round trips, and few enough tables for one transaction's locks. */
const STATEMENTS_AT_ONCE = 500;

/** Runs the DDL of a folder (each `*.sql` and `*.sql.gz`, by name) in a database; returns the number of statements. */
export async function loadWarehouse(folder: string, connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  let count = 0;
  try {
    for (const file of (await readdir(folder)).filter((name) => /\.sql(\.gz)?$/.test(name)).sort()) {
      const bytes = await readFile(join(folder, file));
      const statements = splitStatements((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
      for (let start = 0; start < statements.length; start += STATEMENTS_AT_ONCE)
        await client.query(statements.slice(start, start + STATEMENTS_AT_ONCE).join(';\n'));
      count += statements.length;
    }
  } finally {
    await client.end();
  }
  return count;
}

/** Statements of a script of plain DDL: semicolons inside quotes and `--` comments are no ends. */
function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let current = '';
  for (const [piece] of sql.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|;|[^'";-]+|-/g)) {
    if (piece === ';') {
      if (current.trim() !== '') statements.push(current);
      current = '';
    } else if (!piece.startsWith('--')) current += piece;
  }
  if (current.trim() !== '') statements.push(current);
  return statements;
}

/** The schema of a database as indexing reads it. */
export async function introspect(connectionString: string): Promise<SchemaContext> {
  const pools = new SourcePools();
  try {
    return await pools.withClient(connectionString, new AbortController().signal, async (client) => {
      const tables: SchemaContext['tables'] = [];
      for await (const page of readTables(client, [])) tables.push(...page);
      return { tables, foreignKeys: await readForeignKeys(client, []) };
    });
  } finally {
    await pools.close();
  }
}

export async function readQuestions(folder: string): Promise<BenchQuestion[]> {
  const text = await readFile(join(folder, 'questions.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as BenchQuestion);
}
