import { describe, expect, test } from '@jest/globals';
import { clinicSql } from './clinic-schema.js';

describe('values that say what a row is are nouns for it', () => {
  test.each([
    ['How many managers are there?', "FROM shop.worker AS w WHERE w.title = 'manager'"],
    ['How many dogs are there?', "FROM shop.pet AS p WHERE p.species = 'dog'"],
    [
      'How many sales reps were hired in 2021?',
      "WHERE w.title = 'sales rep' AND w.hired_on >= DATE '2021-01-01'",
    ],
    ['How many dogs and how many cats are there?', "WHERE p.species IN ('dog', 'cat') GROUP BY p.species"],
  ])('%s', (question, sql) => {
    expect(clinicSql(question)).toContain(sql);
  });

  test('not of rows that only have to do with such a thing, and have no name', () => {
    expect(clinicSql('How many checkups are there?')).toMatch(/^refused/);
  });
});

describe('a whole number that is a year is compared with times', () => {
  test.each([
    ['How many clinics were built before 1950?', 'WHERE c.year_built <= 1949'],
    ['Clinics built after 1980', 'WHERE c.year_built >= 1981'],
    ['Firms founded in 1960', 'WHERE f.founded = 1960'],
    ['Firms founded between 1950 and 1980', 'WHERE f.founded BETWEEN 1950 AND 1980'],
    ['Which firm was founded first?', 'ORDER BY f.founded ASC'],
    ['Oldest clinic', 'ORDER BY c.year_built ASC'],
    ['Cars made before 2018', 'WHERE c.year <= 2017'],
    ['Newest car', 'ORDER BY c.year DESC'],
  ])('%s', (question, sql) => {
    expect(clinicSql(question)).toContain(sql);
  });

  test('a month is no year', () => {
    expect(clinicSql('Clinics built in March 1990')).toMatch(/^refused/);
  });
});

describe('a column that holds how many there are is that number', () => {
  test.each([
    ['How many beds does each clinic have?', 'sum(c.no_of_beds)'],
    ['Total number of beds', 'sum(c.no_of_beds)'],
    ['Which clinic has the most beds?', 'ORDER BY c.no_of_beds DESC'],
    ['clinics with more than 100 beds', 'WHERE c.no_of_beds > 100'],
    ['Average number of employees of firms', 'avg(f.num_employees)'],
  ])('%s', (question, sql) => {
    expect(clinicSql(question)).toContain(sql);
  });

  test('"per bed" divides or groups, which is not said', () => {
    expect(clinicSql('Average number of visits per bed')).toMatch(/^refused/);
  });
});

describe('counts of several things', () => {
  test('each is counted by itself, whatever a join would leave out', () => {
    expect(clinicSql('How many pets and how many visits are there?')).toMatch(
      /SELECT count\(\*\) AS \w+, \(SELECT count\(\*\) FROM shop\.visit AS v\) AS \w+ FROM shop\.pet AS p$/,
    );
    expect(clinicSql('What is the number of workers and the number of contracts?')).not.toContain('JOIN');
  });

  test('groups that lack the one or the other are kept', () => {
    const sql = clinicSql('number of workers and number of contracts per firm');
    expect(sql.match(/LEFT JOIN/g)).toHaveLength(2);
    expect(sql).toContain('FROM shop.firm AS f');
  });

  test('a condition is of one of them, and it is not said of which', () => {
    expect(clinicSql('How many pets and how many visits were there in 2023?')).toMatch(/^refused/);
  });
});
