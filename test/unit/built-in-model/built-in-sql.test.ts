import { describe, expect, test } from '@jest/globals';
import { parse } from 'libpg-query';
import { translateQuestion } from '../../../domain/built-in-model/translate-question.js';
import { SHOP, SHOP_VALUES, TODAY } from './shop-schema.js';

/** Questions of many shapes over every table and column; most make sense, some do not. */
function* questions(): Generator<string> {
  const say = (name: string) => name.replaceAll('_', ' ');
  for (const table of SHOP.tables) {
    const t = say(table.tableName);
    yield* [
      `how many ${t} are there?`,
      `list all ${t}`,
      `number of ${t} per month in the last 6 months`,
      `${t} in 2024`,
    ];
    for (const other of SHOP.tables) {
      const o = say(other.tableName);
      yield* [
        `number of ${t} by ${o}`,
        `${t} without ${o}`,
        `${t} with more than 2 ${o}`,
        `top 3 ${t} by number of ${o}`,
      ];
      yield* [`revenue by ${t} and ${o}`, `how many ${t} have at least 4 ${o}`];
    }
    for (const column of table.columns) {
      const c = say(column.name);
      yield* [
        `average ${c} of ${t}`,
        `${t} with ${c} over 10`,
        `${c} of ${t} in Berlin`,
        `${t} where ${c} is "it's \\ 50%"`,
      ];
      yield* [
        `total ${c} by customer`,
        `which ${t} has the highest ${c}?`,
        `${t} ordered by ${c} descending`,
        `number of ${t} per ${c}`,
      ];
    }
  }
}

/** Tables by alias, and columns as alias and name, of a statement. */
function namesIn(sql: string, tree: unknown): { tables: Map<string, string>; columns: [string, string][] } {
  const tables = new Map<string, string>();
  const columns: [string, string][] = [];
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    for (const [kind, child] of Object.entries(node)) {
      if (kind === 'RangeVar') {
        expect(tables.has(child.alias.aliasname)).toBe(false);
        tables.set(child.alias.aliasname, `${child.schemaname}.${child.relname}`);
      }
      if (kind === 'ColumnRef') {
        const fields = child.fields.map((field: { String?: { sval: string } }) => field.String?.sval);
        if (fields.length !== 2) throw new Error(`unqualified column in ${sql}`);
        columns.push([fields[0], fields[1]]);
      }
      visit(child);
    }
  };
  visit(tree);
  return { tables, columns };
}

describe('SQL of the built-in model', () => {
  test('always parses, and names only tables and columns of the context', async () => {
    const byTable = new Map(
      SHOP.tables.map((table) => [
        `${table.schemaName}.${table.tableName}`,
        new Set(table.columns.map((c) => c.name)),
      ]),
    );
    let answered = 0;
    let refused = 0;
    for (const question of questions()) {
      const result = translateQuestion({ question, context: SHOP, today: TODAY, sampledValues: SHOP_VALUES });
      if (result.outcome !== 'sql') {
        expect(result.reason).not.toBe('');
        refused++;
        continue;
      }
      answered++;
      const tree = (await parse(result.sql)) as { stmts: { stmt: { SelectStmt?: unknown } }[] };
      expect(tree.stmts).toHaveLength(1);
      expect(tree.stmts[0]!.stmt.SelectStmt).toBeDefined();
      const { tables, columns } = namesIn(result.sql, tree);
      for (const table of tables.values()) expect(byTable.has(table)).toBe(true);
      for (const [alias, column] of columns) {
        if (!byTable.get(tables.get(alias) ?? '')?.has(column))
          throw new Error(`${alias}.${column} is invented in ${result.sql}`);
      }
      expect(result.confidence).toBeGreaterThanOrEqual(0.5);
      expect(result.confidence).toBeLessThanOrEqual(1);
    }
    // Both ends must be reached, or the test proves nothing.
    expect(answered).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(200);
  });

  test('is the same for the same question, whatever the order of the known values', () => {
    const reversed = Object.fromEntries(
      Object.entries(SHOP_VALUES)
        .map(([name, values]) => [name, [...values].reverse()] as const)
        .reverse(),
    );
    for (const question of [
      'top 5 customers by revenue in 2024',
      'number of orders by street',
      'names of products in Toys or Books',
    ]) {
      const once = translateQuestion({ question, context: SHOP, today: TODAY, sampledValues: SHOP_VALUES });
      const again = translateQuestion({ question, context: SHOP, today: TODAY, sampledValues: reversed });
      expect(again).toEqual(once);
    }
  });

  test('does not depend on a table that the question does not touch', () => {
    const without = { ...SHOP, tables: SHOP.tables.filter((table) => table.tableName !== 'staff_members') };
    const question = 'Total revenue by product category';
    const all = translateQuestion({ question, context: SHOP, today: TODAY });
    expect(translateQuestion({ question, context: without, today: TODAY })).toMatchObject({
      sql: (all as { sql: string }).sql,
    });
  });
});
