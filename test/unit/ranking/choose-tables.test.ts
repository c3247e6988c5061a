import { expect, test } from '@jest/globals';
import type { RegistryTable } from '../../../contracts/schema-registry.js';
import { preferencesOf } from '../../../domain/mapping/preferences.js';
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

test('what lies between two named tables comes before what nothing joins to them, by a key or by the names of columns', () => {
  const others = Array.from({ length: 40 }, (_, n) => table(`shop.${'z'.repeat(n + 1)}`, ['k']));
  const tables = [
    table('shop.artists', ['artist_id', 'title']),
    table('shop.albums', ['album_id', 'artist_id']),
    table('shop.tracks', ['track_id', 'album_id']),
    table('shop.invoices', ['invoiceid', 'total']),
    table('shop.invoice_lines', ['line', 'invoiceid', 'track_id']),
    ...others,
  ];
  const chosen = choose(tables, 'titles of artists by invoices', { isUncut: true, maxTables: 4 });
  expect(names(chosen)).toEqual(['shop.artists', 'shop.invoices', 'shop.invoice_lines', 'shop.albums']);
  expect(chosen.at(-1)!.reasons).toContain('can be joined to shop.artists');
  // Not even a guess leads to what is not allowed.
  const preferences = preferencesOf([{ kind: 'exclude', target: 'shop.albums' }]);
  expect(names(choose(tables, 'titles of artists by invoices', { preferences }))).not.toContain(
    'shop.albums',
  );
});

test('a key column that many tables have joins none of them', () => {
  const tenants = Array.from({ length: 40 }, (_, n) => table(`shop.${'z'.repeat(n + 1)}`, ['tenant_id']));
  const chosen = choose([table('shop.artists', ['tenant_id', 'title']), ...tenants], 'titles of artists');
  expect(names(chosen)).toEqual(['shop.artists']);
});

test('tables with the same columns do not fill the ranking, and the one that is meant stays first', () => {
  const states = Array.from({ length: 30 }, (_, n) =>
    table(`geo.tracts_${'q'.repeat(n + 1)}`, ['tract', 'population', 'area'], 'census tracts'),
  );
  const tables = [
    ...states,
    table('geo.tracts_utah', ['tract', 'population', 'area'], 'census tracts'),
    table('geo.tracts_national', ['tract', 'geometry'], 'census'),
    ...strangers,
  ];
  const chosen = names(choose(tables, 'population of census tracts in Utah', { isUncut: true }));
  expect(chosen[0]).toBe('geo.tracts_utah');
  expect(chosen.indexOf('geo.tracts_national')).toBeLessThan(15);
});

test('a word that was asked for counts more than the numbers and letters beside it', () => {
  const tables = [table('x.level_3_b', ['k']), table('x.snowfall', ['k']), ...strangers];
  expect(names(choose(tables, 'b) the 3 days with most snowfall'))[0]).toBe('x.snowfall');
});

test('reasons show words as people write them, not their roots', () => {
  const chosen = choose([table('shop.purchases', ['k']), ...strangers], 'number of orders');
  expect(chosen[0]!.reasons).toEqual(['words: purchase (for orders)']);
});
