import { expect, test } from '@jest/globals';
import type { RegistryTable } from '../../../contracts/schema-registry.js';
import { chooseTables } from '../../../domain/ranking/choose-tables.js';
import { createTableIndex } from '../../../domain/ranking/table-index.js';
import { table } from './tables.js';

function choose(
  tables: RegistryTable[],
  question: string,
  options: Partial<Parameters<typeof chooseTables>[0]> = {},
) {
  const schema = { tables, foreignKeys: [] };
  return chooseTables({ question, schema, index: createTableIndex(schema), vectorHits: [], ...options });
}
const names = (chosen: ReturnType<typeof choose>) => chosen.map((one) => one.canonicalTableName);

/** A schema of its own, too large to be shown whole, about nothing that is asked. */
const strangers = Array.from({ length: 40 }, (_, n) =>
  table(`misc.${String.fromCharCode(97 + (n % 26))}${String.fromCharCode(97 + Math.floor(n / 26))}x`, ['k']),
);

test('a family takes one place, and its words stay rare however many members it has', () => {
  const shards = Array.from({ length: 30 }, (_, n) => table(`log.visits_${2000 + n}`, ['page', 'hits']));
  const chosen = choose([...shards, ...strangers, table('web.page', ['title'])], 'hits of visits in 2011');
  expect(chosen[0]).toMatchObject({ canonicalTableName: 'log.visits_2011' });
  expect(chosen[0]!.reasons).toContain('one of 30 alike');
  expect(names(chosen).filter((name) => name.startsWith('log.'))).toHaveLength(1);
});

test('of two equal tables the one among tables that fit the question is first', () => {
  const tables = [
    table('archive.station', ['code']),
    table('archive.ledger', ['code']),
    table('weather.station', ['code']),
    table('weather.rainfall', ['code', 'millimetres']),
    ...strangers,
  ];
  const chosen = names(choose(tables, 'rainfall by station'));
  expect(chosen.indexOf('weather.station')).toBeLessThan(chosen.indexOf('archive.station'));
});

test('a schema is lifted by one whose name begins with the same word', () => {
  const filler = Array.from({ length: 40 }, (_, n) => table(`zoo_food.${'q'.repeat(n + 1)}`, ['k']));
  const tables = [
    table('bank_raw.code', ['k']),
    table('zoo_raw.code', ['k']),
    table('zoo_mart.elephant', ['k']),
    ...filler,
    ...strangers,
  ];
  const chosen = names(choose(tables, 'codes of the elephants'));
  expect(chosen.indexOf('zoo_raw.code')).toBeGreaterThan(-1);
  expect(chosen.indexOf('zoo_raw.code')).toBeLessThan(chosen.indexOf('bank_raw.code'));
});

test('words written apart find names written together, and synonyms find what no word does', () => {
  const tables = [table('geo.zipcode', ['k']), table('hr.staff', ['k']), ...strangers];
  expect(names(choose(tables, 'each zip code'))[0]).toBe('geo.zipcode');
  const [first] = choose(tables, 'every employee');
  expect(first).toMatchObject({ canonicalTableName: 'hr.staff', reasons: ['words: staff (for employee)'] });
});

test('a wide table with a word in many columns does not beat the table that is named so', () => {
  const wide = table(
    'm.wide',
    Array.from({ length: 60 }, (_, n) => `order_attribute_${n}`),
  );
  expect(names(choose([wide, table('m.orders', ['id', 'placed']), ...strangers], 'orders'))[0]).toBe(
    'm.orders',
  );
});

test('a small schema comes whole; of a large one only what has something of the question', () => {
  const small = ['invoice', 'p1q', 'zz'].map((name) => table(`shop.${name}`, ['k']));
  expect(names(choose([...small, ...strangers], 'invoices')).sort()).toEqual(
    small.map((one) => one.canonicalTableName).sort(),
  );
  const large = [...strangers, table('misc.invoice', ['k'])];
  expect(names(choose(large, 'invoices'))).toEqual(['misc.invoice']);
});

test('tables far behind the best are cut, unless all are asked for', () => {
  const tables = [
    table(
      'a.hurricane_tracks',
      ['hurricane', 'wind_speed', 'pressure'],
      'Hurricane tracks with wind speed and pressure',
    ),
    ...strangers,
    ...Array.from({ length: 30 }, (_, n) => table(`misc.${'q'.repeat(n + 1)}`, ['pressure'])),
  ];
  const question = 'wind speed and pressure of hurricane tracks';
  expect(names(choose(tables, question))).toEqual(['a.hurricane_tracks']);
  expect(choose(tables, question, { isUncut: true, maxTables: 10 })).toHaveLength(10);
});
