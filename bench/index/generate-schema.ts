import pg from 'pg';

const THINGS =
  'account invoice shipment customer product warehouse payment employee contract campaign ticket machine'.split(
    ' ',
  );
const FACETS =
  'name status amount currency created_at updated_at owner region quantity price discount weight note code kind'.split(
    ' ',
  );
const TYPES = ['text', 'integer', 'numeric(12,2)', 'timestamptz', 'boolean', 'date'];
const TABLES_AT_ONCE = 100;

/**
 * Creates tables without rows whose names share words, as real ones do, and no two of which are alike: 200 tables of 50 columns are 10,200
 * things to embed. Names hold no digits, because tables that differ by numbers only would be one family.
 */
export async function generateSchema(
  connectionString: string,
  tables: number,
  columns: number,
): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    for (let start = 0; start < tables; start += TABLES_AT_ONCE) {
      const count = Math.min(TABLES_AT_ONCE, tables - start);
      const statements = Array.from({ length: count }, (_, n) => createTable(start + n, columns));
      await client.query(statements.join(';'));
    }
  } finally {
    await client.end();
  }
}

function createTable(table: number, columns: number): string {
  const name = `${THINGS[table % THINGS.length]}_${letters(table)}`;
  const list = Array.from({ length: columns }, (_, column) => {
    const facet = FACETS[(table + column) % FACETS.length];
    return `${facet}_${letters(column)} ${TYPES[column % TYPES.length]}`;
  });
  return `CREATE TABLE ${name} (${list.join(', ')}); COMMENT ON TABLE ${name} IS 'What is known of ${name}'`;
}

/** A number in letters: a, b … z, ba, bb … */
const letters = (number: number): string =>
  [...number.toString(26)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join('');
