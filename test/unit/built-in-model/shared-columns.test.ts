import { expect, test } from '@jest/globals';
import { translateQuestion } from '../../../domain/built-in-model/translate-question.js';
import { oneLine } from './one-line-sql.js';
import { TODAY, table } from './shop-schema.js';

/** Zoos without a declared key: parks and animals name their district, districts have facts of their own. */
const ZOO = {
  tables: [
    table('district', 'district_name text, mayor text, inhabitants integer'),
    table('park', 'park_name text, hectares double precision, district_name text'),
    table('animal', 'animal_name text, weight_kg integer, district_name text'),
  ],
  foreignKeys: [],
};
const ask = (question: string) =>
  translateQuestion({ question, context: ZOO, today: TODAY, sampledValues: {} });
const sqlOf = (question: string): string => oneLine(ask(question));

test('a column that two tables share joins them where one of the two is named after it', () => {
  expect(sqlOf('How many parks are there for each mayor?')).toBe(
    'SELECT d.mayor, count(*) AS number_of_park FROM shop.park AS p JOIN shop.district AS d ON d.district_name = p.district_name GROUP BY d.mayor ORDER BY count(*) DESC NULLS LAST, d.mayor ASC NULLS LAST',
  );
  expect(ask('How many parks are there for each mayor?')).toMatchObject({
    interpretation: expect.stringContaining('as the names suggest and no declared key says'),
  });
});

test('tables that only share what they name are compared by EXISTS, which multiplies no rows', () => {
  const [, park, animal] = ZOO.tables;
  const context = { tables: [park!, animal!], foreignKeys: [] };
  const question = 'total hectares of parks by district in districts with animals';
  const result = translateQuestion({ question, context, today: TODAY, sampledValues: {} });
  const sql = result.outcome === 'sql' ? result.sql : result.reason;
  expect(sql).toContain('WHERE EXISTS (');
  expect(sql).not.toContain('JOIN');
});

test('what two tables share says nothing of their rows unless the question speaks of it', () => {
  expect(sqlOf('Which parks have animals?')).toMatch(/^refused: .*only share district_name/);
});

test('sides of an "or" of one table become one condition', () => {
  expect(sqlOf('parks whose name starts with A or ends with burg')).toContain(
    "WHERE (p.park_name ILIKE 'A%' OR p.park_name ILIKE '%burg')",
  );
});

test('units are taken from the schema and never converted', () => {
  expect(sqlOf('What is the average weight of animals in kilograms?')).toContain('avg(a.weight_kg)');
  expect(sqlOf('What is the average weight of animals in pounds?')).toMatch(/^refused: .*pound.*kilogram/);
});
