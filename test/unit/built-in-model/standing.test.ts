import { describe, expect, test } from '@jest/globals';
import { clinicSql } from './clinic-schema.js';

const OVER = "WHERE c.end_date < DATE '2025-11-23'";
const GOES_ON = "WHERE (c.end_date IS NULL OR c.end_date >= DATE '2025-11-23')";
const RUNS = `${GOES_ON} AND c.start_date < DATE '2025-11-24'`;

describe('whether what lasts is over is told by its last day, which may be empty or still to come', () => {
  test.each([
    ['Contracts that have ended', OVER],
    ['How many contracts have ended?', OVER],
    ['expired contracts', OVER],
    ['Which contracts have not ended yet?', GOES_ON],
    ['Contracts that are still running', RUNS],
    ['How many ongoing contracts does each firm have?', RUNS],
    ['current contracts', RUNS],
    ['How many contracts are active?', RUNS],
    ['How many licences have expired?', "WHERE l.expires_on < DATE '2025-11-23'"],
  ])('%s', (question, sql) => {
    expect(clinicSql(question)).toContain(sql);
  });

  test('what has not ended may not have begun, and what runs has', () => {
    expect(clinicSql('Which contracts have not ended yet?')).not.toContain('start_date <');
  });

  test('a time behind the word is that of the last day', () => {
    expect(clinicSql('Contracts that ended in 2023')).toContain(
      "WHERE c.end_date >= DATE '2023-01-01' AND c.end_date < DATE '2024-01-01'",
    );
  });

  test('an empty last day says nothing where the thing may not have been granted', () => {
    expect(clinicSql('Which licences are still valid?')).toMatch(/^refused/);
  });

  test.each(['Contracts that are not yet running', 'How many contracts are not active?'])(
    'what does not run is over or has not begun: %s',
    (question) => {
      expect(clinicSql(question)).toMatch(/^refused/);
    },
  );

  test.each([
    'How many workers are still employed?',
    'Pets currently admitted',
    'How many workers still work?',
    'active workers',
  ])('"still" with a mere verb is not everything that ever was: %s', (question) => {
    expect(clinicSql(question)).toMatch(/^refused/);
  });
});
