import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMysqlConnector } from '../../../activities/data-sources/mysql/mysql-connector.js';
import type { ForeignKey, RegistryTable } from '../../../contracts/schema-registry.js';
import {
  asMysqlUser,
  createMysqlSource,
  describeOnMariadb,
  type MysqlSource,
} from '../../support/mysql-sources.js';

describeOnMariadb('the catalog of a MariaDB', () => {
  let source: MysqlSource;
  let other: MysqlSource;
  const connector = createMysqlConnector({ poolSize: 1 });
  const reader = `reader_${process.pid}`;

  beforeAll(async () => {
    other = await createMysqlSource('CREATE TABLE secrets (id int)');
    source = await createMysqlSource(`
      CREATE TABLE customers (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, name varchar(60) NOT NULL COMMENT 'As on the invoice',
        mood enum('happy', 'sad')) COMMENT 'Who buys';
      CREATE TABLE orders (id int, line int, customer_id bigint unsigned, total decimal(12,2), PRIMARY KEY (id, line),
        CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES customers (id));
      CREATE TABLE parts (id int, order_id int, line int, secret int,
        CONSTRAINT fk_line FOREIGN KEY (order_id, line) REFERENCES orders (id, line));
      CREATE VIEW big_orders AS SELECT id, total FROM orders WHERE total > 100;
      CREATE TABLE doomed (id int); CREATE VIEW broken AS SELECT id FROM doomed; DROP TABLE doomed;
      CREATE TABLE by_year (id int, y int) PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN MAXVALUE);
      CREATE TABLE \`Order Lines\` (\`Line No\` int, \`say "hi" \`\`now\`\`\` int, \`größe\` double, \`a.b\` int, \`select\` timestamp NULL);
      CREATE SEQUENCE numbers;
      CREATE TABLE counted (id int PRIMARY KEY); INSERT INTO counted SELECT seq FROM seq_1_to_700; ANALYZE TABLE counted;
      CREATE OR REPLACE USER ${reader}@'%' IDENTIFIED BY 'reader'`);
    await source.execute(`GRANT SELECT ON customers TO ${reader}@'%'; GRANT SELECT (id, order_id, line) ON parts TO ${reader}@'%';
      GRANT INSERT ON orders TO ${reader}@'%'; GRANT SELECT ON big_orders TO ${reader}@'%'`);
  });
  afterAll(async () => {
    await connector.close();
    await source?.execute(`DROP USER ${reader}@'%'`);
    await source?.drop();
    await other?.drop();
  });

  const read = async (url: string, includeSchemas: string[]) =>
    await connector.withCatalog(
      { connectionString: url, signal: new AbortController().signal },
      async (catalog) => {
        const skipped = await catalog.findSkippedSchemas(includeSchemas);
        const pages: RegistryTable[][] = [];
        for await (const page of catalog.readTables(includeSchemas)) pages.push(page);
        const foreignKeys: ForeignKey[] = await catalog.readForeignKeys(includeSchemas);
        return { skipped, pages, foreignKeys, tables: pages.flat() };
      },
    );

  test('has tables, views, partitioned tables, comments, keys and row estimates', async () => {
    const { tables, foreignKeys, skipped } = await read(source.url, [source.schema]);
    expect(tables.map(({ tableName, kind }) => [tableName, kind])).toEqual([
      ['Order Lines', 'table'],
      ['big_orders', 'view'],
      ['by_year', 'partitioned-table'],
      ['counted', 'table'],
      ['customers', 'table'],
      ['orders', 'table'],
      ['parts', 'table'],
    ]);
    const byName = new Map(tables.map((table) => [table.tableName, table]));
    expect(byName.get('customers')).toMatchObject({
      canonicalTableName: `${source.schema}.customers`,
      comment: 'Who buys',
      columns: [
        {
          name: 'id',
          position: 1,
          dataType: 'bigint(20) unsigned',
          isNullable: false,
          isPrimaryKey: true,
          comment: null,
        },
        {
          name: 'name',
          dataType: 'varchar(60)',
          isNullable: false,
          isPrimaryKey: false,
          comment: 'As on the invoice',
        },
        { name: 'mood', dataType: "enum('happy','sad')", isNullable: true },
      ],
    });
    expect(byName.get('big_orders')).toMatchObject({ comment: null, estimatedRows: null });
    expect(byName.get('counted')?.estimatedRows).toBe(700);
    expect(byName.get('Order Lines')?.columns.map((column) => column.canonicalColumnName)).toEqual([
      `${source.schema}."Order Lines"."Line No"`,
      `${source.schema}."Order Lines"."say ""hi"" \`now\`"`,
      `${source.schema}."Order Lines"."größe"`,
      `${source.schema}."Order Lines"."a.b"`,
      `${source.schema}."Order Lines"."select"`,
    ]);
    expect(foreignKeys).toEqual([
      {
        name: 'fk_customer',
        fromTable: `${source.schema}.orders`,
        fromColumns: ['customer_id'],
        toTable: `${source.schema}.customers`,
        toColumns: ['id'],
      },
      {
        name: 'fk_line',
        fromTable: `${source.schema}.parts`,
        fromColumns: ['order_id', 'line'],
        toTable: `${source.schema}.orders`,
        toColumns: ['id', 'line'],
      },
    ]);
    expect(skipped).toEqual([]);
  });

  test('has all databases of the user but those of the server, unless some are named', async () => {
    const schemas = new Set((await read(source.url, [])).tables.map((table) => table.schemaName));
    expect([...schemas]).toEqual(expect.arrayContaining([source.schema, other.schema]));
    expect([...schemas]).not.toEqual(expect.arrayContaining(['mysql']));
    expect([...schemas].filter((name) => /_schema$|^sys$/.test(name))).toEqual([]);
  });

  test('shows a user only what may be read, and says which schemas are closed', async () => {
    const url = asMysqlUser(source.url, reader, 'reader');
    const { tables, foreignKeys, skipped } = await read(url, [source.schema, other.schema, 'nowhere']);
    expect(tables.map((table) => [table.tableName, table.columns.map(({ name }) => name)])).toEqual([
      ['big_orders', ['id', 'total']],
      ['customers', ['id', 'name', 'mood']],
      ['parts', ['id', 'order_id', 'line']],
    ]);
    expect(foreignKeys).toEqual([]);
    expect(skipped).toEqual(['nowhere', other.schema].sort());
  });

  test('comes in pages, with a fixed number of statements', async () => {
    const many = await createMysqlSource(
      Array.from({ length: 1_010 }, (_, i) => `CREATE TABLE t${i} (id int, v int) ENGINE=MyISAM`).join(';'),
    );
    try {
      const statements = async () =>
        Number((await many.rows<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Questions'"))[0]!.Value);
      await read(many.url, [many.schema]);
      const before = await statements();
      const { pages } = await read(many.url, [many.schema]);
      const used = (await statements()) - before;
      expect(pages.map((page) => page.length)).toEqual([500, 500, 10]);
      expect(pages.flat().every((table) => table.columns.length === 2)).toBe(true);
      // Others use the server as well, so this is not exact.
      expect(used).toBeLessThan(100);
    } finally {
      await many.drop();
    }
  });

  test('can be left in the middle, and the next reader is not disturbed', async () => {
    const leave = connector.withCatalog(
      { connectionString: source.url, signal: new AbortController().signal },
      async (catalog) => {
        for await (const page of catalog.readTables([])) {
          expect(page.length).toBeGreaterThan(0);
          throw new Error('enough');
        }
      },
    );
    await expect(leave).rejects.toThrow('enough');
    expect((await read(source.url, [source.schema])).tables).toHaveLength(7);
  });
});
