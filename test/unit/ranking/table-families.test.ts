import { expect, test } from '@jest/globals';
import { groupFamilies, pickMember } from '../../../domain/table-families.js';
import { table } from './tables.js';

const names = (families: ReturnType<typeof groupFamilies>) =>
  families.map(({ members }) => members.map(({ tableName }) => tableName));

test('tables that differ by numbers in their names are one family with all its members', () => {
  const shards = ['20240103', '20240101', '20240102'].map((day) =>
    table(`app.events_${day}`, ['id', 'kind']),
  );
  expect(names(groupFamilies([...shards, table('app.users', ['id'])]))).toEqual([
    ['events_20240101', 'events_20240102', 'events_20240103'],
    ['users'],
  ]);
});

test('a later edition with a few new columns is of the family; a table with other columns is not, nor one of another schema', () => {
  const families = groupFamilies([
    table('a.acs_2011_1yr', ['geo_id', 'pop', 'income_2011']),
    table('a.acs_2012_1yr', ['geo_id', 'pop', 'income_2012', 'median_rent']),
    table('a.acs_2013_5yr', ['author', 'title']),
    table('b.acs_2011_1yr', ['geo_id', 'pop', 'income_2011']),
  ]);
  expect(names(families)).toEqual([['acs_2011_1yr', 'acs_2012_1yr'], ['acs_2013_5yr'], ['acs_2011_1yr']]);
  expect(new Set(families.map(({ id }) => id)).size).toBe(3);
});

test('the member whose numbers are mentioned stands for its family, else the newest', () => {
  const [family] = groupFamilies(['2015', '2016', '2017'].map((year) => table(`ny.trips_${year}`, ['fare'])));
  expect(pickMember(family!, 'trips in 2016').tableName).toBe('trips_2016');
  expect(pickMember(family!, 'all trips').tableName).toBe('trips_2017');
  const [days] = groupFamilies(['20190131', '20200131'].map((day) => table(`ga.sessions_${day}`, ['hits'])));
  expect(pickMember(days!, 'sessions of 2019').tableName).toBe('sessions_20190131');
});
