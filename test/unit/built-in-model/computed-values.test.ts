import { describe, expect, test } from '@jest/globals';
import { shopSql } from './one-line-sql.js';

describe('a top n in each group', () => {
  test('ranks inside the groups, and the time is that of what is added up', () => {
    const sql = shopSql('top 5 customers by revenue per month');
    expect(sql).toContain("PARTITION BY date_trunc('month', o.placed_at");
    expect(sql).toContain('WHERE place_in_group <= 5');
  });
});

describe('parts of dates', () => {
  test('a weekday is a condition on the date of the rows', () => {
    expect(shopSql('How many orders were placed on a Saturday?')).toContain('EXTRACT(ISODOW FROM');
    expect(shopSql('How many orders were placed on weekends?')).toContain('IN (6, 7)');
  });

  test('days of the week are groups with their names', () => {
    expect(shopSql('number of orders by day of the week')).toContain("'FMDay'");
  });
});

describe('changes from one time to the next', () => {
  test('are taken from the row before', () => {
    const sql = shopSql('month over month change in the number of orders');
    expect(sql).toContain('count(*) - lag(count(*)) OVER (ORDER BY');
  });
});
