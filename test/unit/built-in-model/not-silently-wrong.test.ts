import { describe, expect, test } from '@jest/globals';
import { clinicSql } from './clinic-schema.js';

describe('parts of years', () => {
  const between = (from: string, to: string) =>
    `v.visited_at >= TIMESTAMP '${from} 00:00:00' AND v.visited_at < TIMESTAMP '${to} 00:00:00'`;

  test.each([
    ['How many visits in the last quarter of 2023?', between('2023-10-01', '2024-01-01')],
    ['Visits in the last half of 2022', between('2022-07-01', '2023-01-01')],
    ['Visits in the last month of 2022', between('2022-12-01', '2023-01-01')],
    ['How many visits in 2022 Q2?', between('2022-04-01', '2022-07-01')],
    ['Visits last quarter', between('2025-07-01', '2025-10-01')],
  ])('%s', (question, sql) => {
    expect(clinicSql(question)).toContain(sql);
  });
});

describe('a word that was dropped would make another question: it is read, or the question is declined', () => {
  test('who did what is grouped by the doer, not by the deed', () => {
    expect(clinicSql('Which pet visited the most clinics?')).toContain('GROUP BY p.pet_name, p.pet_id');
  });

  test('the price of a kilogram is no revenue, and its product with the kilograms is', () => {
    expect(clinicSql('Total revenue in 2023')).toContain('sum(s.price_per_kg * s.quantity_kg)');
  });

  test('how old people are is told by the year of their birth', () => {
    expect(clinicSql('Who are the oldest breeders?')).toContain('ORDER BY b.birth_year ASC');
  });

  test('"bought" is what is stored as buy', () => {
    expect(clinicSql('Shares bought per firm')).toContain("WHERE t.side = 'buy'");
  });

  test('a share of rows is no column called shares', () => {
    expect(clinicSql('What share of trades are sells?')).toContain("CASE WHEN t.side = 'sell'");
  });

  test('an average of a thing that has a number is not how many there are', () => {
    expect(clinicSql('Average grade per clinic')).not.toContain('count(*)');
  });

  test.each([
    ['the unit is not that of the column', 'Plans longer than 5 minutes'],
    ['nothing could be in that unit', 'How many pets are listed in euros?'],
    ['people are asked for, not a number', 'Who traded the most shares?'],
    ['a deed is no amount', 'Total billed by month in 2023'],
    ['of one value there is one', 'How many different dog species are there?'],
    ['the flag is of a plan, which is not spoken of', 'Clinics with dental'],
    ['a place is no name', 'Workers from the United States'],
    ['a ratio is not ranked', 'Which town has the most visits per clinic?'],
    ['of the largest, or of all together', 'Which town has the most beds?'],
    ['the different amounts are no answer', 'How much wage was paid in 2023?'],
    ['rows are no amount', 'How much was visited by dogs in 2023?'],
    ['a verb that chooses is not dropped', 'Which firms have reached their worth?'],
    ['what each has is not which one', 'Which clinic has the town?'],
    ['wages are not counted', 'How many wages are there?'],
  ])('%s: %s', (_, question) => {
    expect(clinicSql(question)).toMatch(/^refused/);
  });

  test('a time is of what happened then', () => {
    expect(clinicSql('Which towns do our clinics lie in?')).toContain('SELECT DISTINCT c.town');
  });
});
