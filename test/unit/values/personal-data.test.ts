import { describe, expect, test } from '@jest/globals';
import { looksPersonalColumn, looksPersonalValues } from '../../../domain/values/personal-data.js';

describe('columns that may hold personal data are known by their names', () => {
  test.each([
    ['customers', 'name'],
    ['customers', 'email'],
    ['sbcustomer', 'sbcustname'],
    ['sbcustomer', 'sbcustphone'],
    ['sbcustomer', 'sbcustaddress1'],
    ['orders', 'created_by'],
    ['orders', 'createdBy'],
    ['orders', 'billing_address'],
    ['orders', 'customer'],
    ['author', 'name'],
    ['staff', 'first_name'],
    ['staff', 'DateOfBirth'],
    ['accounts', 'IBAN'],
    ['sessions', 'api_key'],
  ])('%s.%s', (table, column) => {
    expect(looksPersonalColumn(table, column)).toBe(true);
  });

  test.each([
    ['orders', 'status'],
    ['customers', 'country'],
    ['customers', 'customer_type'],
    ['users', 'role_name'],
    ['products', 'name'],
    ['products', 'category'],
    ['ticker', 'exchange'],
    ['restaurant', 'city_name'],
    ['flights', 'standby'],
  ])('%s.%s is none', (table, column) => {
    expect(looksPersonalColumn(table, column)).toBe(false);
  });
});

describe('values that are personal withhold their column, whatever its name', () => {
  test.each([
    'ada@example.org',
    '+49 30 1234567',
    '(555) 123-4567',
    'DE89 3704 0044 0532 0130 00',
    'DE89370400440532013000',
    '12 High Street, York',
    'Hauptstraße 5',
    '192.168.0.1',
  ])('%s', (value) => {
    expect(looksPersonalValues(['open', value])).toBe(true);
  });

  test('names of things, codes and years are no personal values', () => {
    expect(looksPersonalValues(['open', 'Bavaria', 'A-12', '2023', 'EUR', '10-20 km', 'Wall Street'])).toBe(
      false,
    );
  });
});
