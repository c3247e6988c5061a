import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { quoteIdentifier } from '../../domain/canonical-names.js';
import type { PostgresServer } from '../../platform/embedded/postgres-cluster.js';

interface Descriptions {
  table_metadata: Record<string, { column_name: string; column_description?: string }[]>;
}

/** Loads `NAME.sql` into a database of that name, with the column descriptions as comments unless `comments` is false. */
export async function loadDatabase(
  server: PostgresServer,
  folder: string,
  name: string,
  comments: boolean,
): Promise<string> {
  await server.createDatabase(name);
  const url = server.connectionString(name);
  await withClient(url, async (client) => {
    await client.query(await readFile(join(folder, `${name}.sql`), 'utf8'));
    if (comments) {
      const text = await readFile(join(folder, `${name}.descriptions.json`), 'utf8');
      await comment(client, JSON.parse(text) as Descriptions);
    }
    await client.query('ANALYZE');
  });
  return url;
}

async function comment(client: pg.Client, descriptions: Descriptions): Promise<void> {
  for (const [table, columns] of Object.entries(descriptions.table_metadata)) {
    for (const { column_name: column, column_description: description } of columns) {
      if (!description) continue;
      // The descriptions spell names as the DDL does; unquoted there, they are folded.
      const names = [table.split('.').at(-1)!, column].map((part) => quoteIdentifier(part.toLowerCase()));
      await client
        .query(`COMMENT ON COLUMN public.${names.join('.')} IS ${client.escapeLiteral(description)}`)
        .catch((error: Error) => process.stderr.write(`  ${table}.${column}: ${error.message}\n`));
    }
  }
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => String } });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
