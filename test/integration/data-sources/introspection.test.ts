import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  findSkippedSchemas,
  readForeignKeys,
  readTables,
} from '../../../activities/data-sources/postgres/introspect.js';
import { SourcePools } from '../../../activities/data-sources/postgres/source-pools.js';
import type { ForeignKey, RegistryTable } from '../../../contracts/schema-registry.js';
import { createTestSource, execute, type TestSource } from '../../support/databases.js';

/** 63 bytes: the longest name that Postgres keeps; 21 signs of three bytes each. */
const LONGEST = '表'.repeat(21);
const READER = `reader_${process.pid}`;

const DDL = `
CREATE SCHEMA sales; CREATE SCHEMA "Weird ""Schema"".x"; CREATE SCHEMA closed; CREATE SCHEMA empty;
CREATE TABLE sales.customers (id int PRIMARY KEY, name text NOT NULL, email varchar(80), UNIQUE (name));
COMMENT ON TABLE sales.customers IS 'People who buy; "quoted" and ünï';
COMMENT ON COLUMN sales.customers.email IS 'May be missing';
CREATE TABLE public.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int REFERENCES sales.customers,
  total numeric(12,2), tags text[], at timestamptz(3) DEFAULT now(), dropped int, doubled numeric GENERATED ALWAYS AS (total * 2) STORED);
ALTER TABLE public.orders DROP COLUMN dropped;
CREATE TABLE public.regions (country char(2), code text, PRIMARY KEY (code, country));
CREATE TABLE public.shops (id int, region_code text, region_country char(2), parent int,
  CONSTRAINT shop_region FOREIGN KEY (region_country, region_code) REFERENCES public.regions (country, code));
ALTER TABLE public.shops ADD PRIMARY KEY (id), ADD CONSTRAINT shop_parent FOREIGN KEY (parent) REFERENCES public.shops;
CREATE VIEW public.big_orders AS SELECT id, total FROM public.orders WHERE total > 100;
COMMENT ON VIEW public.big_orders IS 'Over 100';
CREATE MATERIALIZED VIEW public.daily AS SELECT at::date AS day, sum(total) AS total FROM public.orders GROUP BY 1;
CREATE TABLE public.measurements (at date NOT NULL, shop_id int REFERENCES public.shops, value float8) PARTITION BY RANGE (at);
CREATE TABLE public.measurements_2024 PARTITION OF public.measurements FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE public.measurements_2025 PARTITION OF public.measurements FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
  PARTITION BY RANGE (at);
CREATE TABLE public.measurements_2025_h1 PARTITION OF public.measurements_2025 FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');
CREATE TABLE "Weird ""Schema"".x"."Table.with ""dots"" 📦" ("Column.with ""dots""" int PRIMARY KEY, "📦 größe" text, "select" text);
CREATE TABLE public."${LONGEST}" ("${LONGEST}" int);
CREATE TABLE public.nothing ();
CREATE TABLE closed.secrets (id int); CREATE TABLE public.locked (id int);
CREATE TABLE public.partly (id int PRIMARY KEY, public_note text, salary numeric, boss int REFERENCES public.partly,
  shop_id int REFERENCES public.shops);
INSERT INTO sales.customers SELECT i, 'c' || i FROM generate_series(1, 500) i;
INSERT INTO public.measurements SELECT '2024-05-01', NULL, i FROM generate_series(1, 300) i;
INSERT INTO public.measurements SELECT '2025-05-01', NULL, i FROM generate_series(1, 200) i;
ANALYZE sales.customers; ANALYZE public.measurements_2024; ANALYZE public.measurements_2025_h1;
CREATE EXTENSION pg_stat_statements;
CREATE TEMP TABLE passing (id int);
CREATE ROLE ${READER} LOGIN PASSWORD 'reader';
GRANT SELECT ON public.orders, public.shops TO ${READER};
GRANT USAGE ON SCHEMA sales TO ${READER};
GRANT SELECT (id, public_note, boss) ON public.partly TO ${READER};
`;

let source: TestSource;
let pools: SourcePools;

beforeAll(async () => {
  source = await createTestSource('SELECT 1');
  for (const statement of [DDL]) await source.execute(statement);
  const wide = Array.from({ length: 1_600 }, (_, index) => `c${index} int`).join(', ');
  await source.execute(`CREATE TABLE public.wide (${wide})`);
  pools = new SourcePools();
});

afterAll(async () => {
  await pools.close();
  await source.drop();
});

interface Read {
  tables: Map<string, RegistryTable>;
  foreignKeys: ForeignKey[];
  skipped: string[];
}

const read = (url: string, includeSchemas: string[] = []): Promise<Read> =>
  pools.withClient(url, new AbortController().signal, async (client) => {
    const tables = new Map<string, RegistryTable>();
    for await (const page of readTables(client, includeSchemas)) {
      for (const table of page) tables.set(table.canonicalTableName, table);
    }
    return {
      tables,
      foreignKeys: await readForeignKeys(client, includeSchemas),
      skipped: await findSkippedSchemas(client, includeSchemas),
    };
  });

const asReader = (): string => {
  const url = new URL(source.url);
  url.username = READER;
  url.password = 'reader';
  return url.href;
};

describe('an owner sees', () => {
  let seen: Read;
  beforeAll(async () => {
    seen = await read(source.url);
  });

  test('tables, views and materialized views of all schemas, partitions as their parent, no extension’s own', () => {
    expect([...seen.tables].map(([name, table]) => `${name} ${table.kind}`).sort()).toEqual(
      [
        '"Weird ""Schema"".x"."Table.with ""dots"" 📦" table',
        'closed.secrets table',
        'public.big_orders view',
        'public.daily materialized-view',
        'public.locked table',
        'public.measurements partitioned-table',
        'public.nothing table',
        'public.orders table',
        'public.partly table',
        'public.regions table',
        'public.shops table',
        'public.wide table',
        `public."${LONGEST}" table`,
        'sales.customers table',
      ].sort(),
    );
    expect(seen.skipped).toEqual([]);
  });

  test('columns with their types, nullability, keys and comments, without dropped ones', () => {
    expect(seen.tables.get('sales.customers')).toMatchObject({
      comment: 'People who buy; "quoted" and ünï',
      columns: [
        { name: 'id', dataType: 'integer', isNullable: false, isPrimaryKey: true, comment: null },
        { name: 'name', dataType: 'text', isNullable: false, isPrimaryKey: false },
        { name: 'email', dataType: 'character varying(80)', isNullable: true, comment: 'May be missing' },
      ],
    });
    expect(
      seen.tables.get('public.orders')?.columns.map((column) => `${column.name} ${column.dataType}`),
    ).toEqual([
      'id bigint',
      'customer_id integer',
      'total numeric(12,2)',
      'tags text[]',
      'at timestamp(3) with time zone',
      'doubled numeric',
    ]);
    expect(seen.tables.get('public.big_orders')).toMatchObject({ comment: 'Over 100', estimatedRows: null });
    expect(seen.tables.get('public.nothing')?.columns).toEqual([]);
  });

  test('all columns of a composite primary key', () => {
    const { columns } = seen.tables.get('public.regions')!;
    expect(columns.map((column) => column.isPrimaryKey)).toEqual([true, true]);
  });

  test('1,600 columns in order', () => {
    const { columns } = seen.tables.get('public.wide')!;
    expect(columns).toHaveLength(1_600);
    expect(columns.map((column) => column.name)).toEqual(columns.map((_, index) => `c${index}`));
  });

  test('names with quotes, dots, emoji and 63 bytes as the database spells them', () => {
    const weird = seen.tables.get('"Weird ""Schema"".x"."Table.with ""dots"" 📦"')!;
    expect(weird).toMatchObject({ schemaName: 'Weird "Schema".x', tableName: 'Table.with "dots" 📦' });
    expect(weird.columns.map((column) => column.canonicalColumnName)).toEqual([
      '"Weird ""Schema"".x"."Table.with ""dots"" 📦"."Column.with ""dots"""',
      '"Weird ""Schema"".x"."Table.with ""dots"" 📦"."📦 größe"',
      '"Weird ""Schema"".x"."Table.with ""dots"" 📦"."select"',
    ]);
    expect(seen.tables.get(`public."${LONGEST}"`)?.columns[0]?.name).toBe(LONGEST);
  });

  test('canonical names that work in SQL as they are', async () => {
    for (const table of seen.tables.values()) {
      const names = table.columns.slice(0, 50).map((column) => column.canonicalColumnName);
      await execute(source.url, `SELECT ${names.join(', ')} FROM ${table.canonicalTableName} LIMIT 0`);
    }
  });

  test('the planner’s estimates, for a partitioned table the sum of its parts, and null where there is none', () => {
    expect(seen.tables.get('sales.customers')?.estimatedRows).toBe(500);
    expect(seen.tables.get('public.measurements')?.estimatedRows).toBe(500);
    expect(seen.tables.get('public.shops')?.estimatedRows).toBeNull();
  });

  test('foreign keys: single, composite in order, to itself, across schemas, and of a partitioned table once', () => {
    const told = seen.foreignKeys.map(
      (key) => `${key.fromTable} (${key.fromColumns}) -> ${key.toTable} (${key.toColumns})`,
    );
    expect(told.sort()).toEqual([
      'public.measurements (shop_id) -> public.shops (id)',
      'public.orders (customer_id) -> sales.customers (id)',
      'public.partly (boss) -> public.partly (id)',
      'public.partly (shop_id) -> public.shops (id)',
      'public.shops (parent) -> public.shops (id)',
      'public.shops (region_country,region_code) -> public.regions (country,code)',
    ]);
  });

  test('only the schemas asked for, when some are', async () => {
    const some = await read(source.url, ['sales', 'no such schema']);
    expect([...some.tables.keys()]).toEqual(['sales.customers']);
    expect(some.foreignKeys).toEqual([]);
  });
});

describe('a user with few rights sees', () => {
  let seen: Read;
  beforeAll(async () => {
    seen = await read(asReader());
  });

  test('what it may read: whole tables, and of others only the columns', () => {
    expect([...seen.tables.keys()]).toEqual(['public.orders', 'public.partly', 'public.shops']);
    const names = (table: string) => seen.tables.get(table)?.columns.map((column) => column.name);
    expect(names('public.partly')).toEqual(['id', 'public_note', 'boss']);
    expect(names('public.shops')).toHaveLength(4);
  });

  test('foreign keys between columns that it may read, and no others', () => {
    expect(seen.foreignKeys.map((key) => key.name).sort()).toEqual(['partly_boss_fkey', 'shop_parent']);
  });

  test('which schemas are closed to it, unless it asked for others', async () => {
    expect(seen.skipped).toEqual(['Weird "Schema".x', 'closed']);
    expect((await read(asReader(), ['sales'])).skipped).toEqual([]);
    expect((await read(asReader(), ['closed'])).skipped).toEqual(['closed']);
  });
});
