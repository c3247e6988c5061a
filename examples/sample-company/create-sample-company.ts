import pg from 'pg';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { copyRows } from './copy-rows.js';
import {
  DEFAULT_SAMPLE_SEED,
  generateSampleCompany,
  SAMPLE_GENERATOR_VERSION,
} from './generate-sample-company.js';
import { grantReader, toReaderConnectionString } from './reader-role.js';
import { listCreated, readSql } from './sql-files.js';

export interface SampleCompanyOptions {
  /** `postgresql://…` of an existing database, by a role that may create schemas and roles there. */
  connectionString: string;
  /** Default 20260101. */
  seed?: number;
  /** The data reaches up to this moment. */
  now: Date;
  /** When given, the role `quaestor_reader` is made or updated with it. */
  readerPassword?: string;
  /** Called after every table. */
  onProgress?: (progress: { table: string; tablesDone: number; tables: number; rows: number }) => void;
}

export interface SampleCompany {
  tables: number;
  rows: number;
  /** The sample was there already, from this generator and seed, and was left as it is. */
  skipped: boolean;
  /** For Quaestor to read the sample with; null without `readerPassword`. */
  readerConnectionString: string | null;
}

/** Kept as JSON in the comment on the database, behind a sentence for people. */
interface Mark {
  generator: number;
  seed: number;
  tables: number;
  rows: number;
}

const MARK_SENTENCE = 'Tallowmere Supply, the sample company of Quaestor. ';

/** Postgres: duplicate schema, table, object (type). */
const DUPLICATE_CODES = ['42P06', '42P07', '42710'];

/**
 * Creates the sample company in one transaction: all of it or nothing. A sample of another generator version or seed is
 * replaced. Errors: `conflict` when the database has tables or types of the same names that are not the sample's;
 * errors of the server and of connecting come through as pg throws them.
 */
export async function createSampleCompany(options: SampleCompanyOptions): Promise<SampleCompany> {
  const { connectionString, seed = DEFAULT_SAMPLE_SEED, readerPassword } = options;
  const client = new pg.Client({ connectionString, application_name: 'quaestor-sample' });
  await client.connect();
  try {
    await client.query('BEGIN');
    // Two starts at once: the second waits here and then finds the sample.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('quaestor sample company'))");
    const found = await readMark(client);
    const skipped = found?.generator === SAMPLE_GENERATOR_VERSION && found.seed === seed;
    const mark = skipped ? found : await load(client, { ...options, seed }, found !== null);
    if (readerPassword !== undefined) await grantReader(client, readerPassword);
    await client.query('COMMIT');
    return {
      tables: mark.tables,
      rows: mark.rows,
      skipped,
      readerConnectionString:
        readerPassword === undefined ? null : toReaderConnectionString(connectionString, readerPassword),
    };
  } finally {
    // Ends a failed transaction, too: the server rolls back what was not committed.
    await client.end();
  }
}

async function load(
  client: pg.Client,
  options: SampleCompanyOptions & { seed: number },
  isReplacement: boolean,
): Promise<Mark> {
  const schemaSql = readSql('schema');
  const created = listCreated(schemaSql);
  if (isReplacement) {
    await client.query(`DROP TABLE IF EXISTS ${created.tables.join(', ')} CASCADE`);
    await client.query(`DROP TYPE IF EXISTS ${created.types.join(', ')}`);
  }
  try {
    await client.query(schemaSql);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !DUPLICATE_CODES.includes(error.code ?? '')) throw error;
    throw new QuaestorError(
      'conflict',
      `The sample company needs a database of its own: here ${error.message}, and it is not the sample's.`,
      { cause: error },
    );
  }

  const mark: Mark = { generator: SAMPLE_GENERATOR_VERSION, seed: options.seed, tables: 0, rows: 0 };
  for (const table of generateSampleCompany({ seed: options.seed, now: options.now })) {
    await copyRows(client, table);
    mark.tables += 1;
    mark.rows += table.rowCount;
    options.onProgress?.({
      table: table.name,
      tablesDone: mark.tables,
      tables: created.tables.length,
      rows: mark.rows,
    });
  }
  await client.query(readSql('constraints'));
  await client.query(readSql('comments'));
  await client.query(readSql('finish'));
  await writeMark(client, mark);
  return mark;
}

async function readMark(client: pg.Client): Promise<Mark | null> {
  const { rows } = await client.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = current_database()`,
  );
  const comment = rows[0]?.comment ?? '';
  return comment.startsWith(MARK_SENTENCE) ? (JSON.parse(comment.slice(MARK_SENTENCE.length)) as Mark) : null;
}

async function writeMark(client: pg.Client, mark: Mark): Promise<void> {
  const { rows } = await client.query<{ database: string }>('SELECT current_database() AS database');
  const database = pg.escapeIdentifier(rows[0]!.database);
  const comment = pg.escapeLiteral(MARK_SENTENCE + JSON.stringify(mark));
  await client.query(`COMMENT ON DATABASE ${database} IS ${comment}`);
}
