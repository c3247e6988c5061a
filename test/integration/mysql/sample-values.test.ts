import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TableSample } from '../../../activities/data-sources/connector.js';
import { createMysqlConnector } from '../../../activities/data-sources/mysql/mysql-connector.js';
import type { RegistryTable } from '../../../contracts/schema-registry.js';
import { createMysqlSource, describeOnMariadb, type MysqlSource } from '../../support/mysql-sources.js';

describeOnMariadb('sampling a MariaDB', () => {
  let source: MysqlSource;
  const connector = createMysqlConnector({ poolSize: 1 });

  beforeAll(async () => {
    source = await createMysqlSource(`
      CREATE TABLE orders (id int, status enum('open', 'paid', 'never'), region varchar(20), note text, customer_name varchar(20),
        code char(3) CHARACTER SET latin1, empty varchar(5), id_text varchar(20));
      INSERT INTO orders SELECT seq, elt(1 + seq % 2, 'open', 'paid'), elt(1 + seq % 3, 'Bayern', 'BAYERN', NULL), repeat('x', 100),
        'Ann', 'ä', '', concat('k', seq) FROM seq_1_to_500;
      CREATE TABLE numbers (id int, v double);
      CREATE TABLE \`odd \`\`name\` (\`the "kind"\` varchar(10)); INSERT INTO \`odd \`\`name\` VALUES ('a''b'), ('c');
      CREATE TABLE doomed (id int, v varchar(5)); CREATE VIEW broken AS SELECT * FROM doomed`);
  });
  afterAll(async () => {
    await connector.close();
    await source?.drop();
  });

  const sample = async (names: string[]): Promise<(TableSample | undefined | string)[]> => {
    const access = { connectionString: source.url, signal: new AbortController().signal };
    const tables = await connector.withCatalog(access, async (catalog) => {
      const all: RegistryTable[] = [];
      for await (const page of catalog.readTables([source.schema])) all.push(...page);
      return all;
    });
    await source.execute('DROP TABLE IF EXISTS doomed');
    return await connector.withSampler(access, async (sampler) => {
      const samples: (TableSample | undefined | string)[] = [];
      for (const name of names) {
        const table = tables.find(({ tableName }) => tableName === name)!;
        samples.push(await sampler.sampleTable(table).catch((error: { code: string }) => error.code));
      }
      return samples;
    });
  };

  test('gives lists of choices as they are spelled, nothing personal, and goes on after a table that refuses', async () => {
    const [broken, orders, numbers, odd] = await sample(['broken', 'orders', 'numbers', 'odd `name']);
    expect(broken).toBe('query_failed');
    const column = (name: string) => `${source.schema}.orders.${name}`;
    expect(orders).toEqual({
      values: {
        [column('status')]: ['open', 'paid'],
        [column('region')]: ['BAYERN', 'Bayern'],
        [column('code')]: ['ä'],
      },
      withheld: 1,
    });
    expect(numbers).toBeUndefined();
    expect(odd).toEqual({
      values: { [`${source.schema}."odd \`name"."the ""kind"""`]: ["a'b", 'c'] },
      withheld: 0,
    });
  });
});
