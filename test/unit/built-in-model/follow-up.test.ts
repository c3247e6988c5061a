import { describe, expect, test } from '@jest/globals';
import { translateFollowUp } from '../../../domain/built-in-model/follow-up.js';
import { SHOP, SHOP_VALUES, TODAY } from './shop-schema.js';

const follow = (...questions: string[]) =>
  translateFollowUp({
    question: questions.at(-1)!,
    earlier: questions.slice(0, -1),
    context: SHOP,
    today: TODAY,
    sampledValues: SHOP_VALUES,
  });

describe('a follow-up changes one thing of the question before', () => {
  test.each([
    [
      'a period more',
      ['Number of orders by status', 'only for March'],
      'Number of orders by status for March',
    ],
    [
      'another period',
      ['Number of orders per month in 2025', 'what about 2024?'],
      'Number of orders per month in 2024',
    ],
    [
      'a month of the year before',
      ['Number of orders by status in 2024', 'only for March'],
      'Number of orders by status for March 2024',
    ],
    ['another grouping', ['Number of orders by status', 'by month instead'], 'Number of orders by month'],
    ['a grouping more', ['Number of delivered orders', 'by month'], 'Number of delivered orders by month'],
    [
      'a condition more',
      ['Number of orders by month', 'only delivered ones'],
      'Number of delivered orders by month',
    ],
    ['another value', ['Number of customers in Paris', 'and Berlin?'], 'Number of customers in Berlin'],
    [
      'another function',
      ['Total order amount by status', 'average instead'],
      'average order amount by status',
    ],
    [
      'another measure',
      ['Total order amount by status', 'the number of orders instead'],
      'the number of orders by status',
    ],
    [
      'what came of an earlier follow-up',
      ['Number of orders in 2025', 'by status', 'only for March'],
      'Number of orders for March 2025 by status',
    ],
  ])('%s', (_, questions, resolved) => {
    const followUp = follow(...questions);
    expect(followUp.resolved).toBe(resolved);
    expect(followUp.translation).toMatchObject({
      outcome: 'sql',
      // The reader sees what it was taken to mean.
      interpretation: expect.stringContaining(`Read as “${resolved}”.`),
    });
  });

  test('a question that stands by itself is answered by itself', () => {
    const { resolved, translation } = follow('Number of orders by status', 'How many customers are there?');
    expect(resolved).toBeUndefined();
    expect(translation).toMatchObject({ sql: expect.stringContaining('FROM shop.customers') });
  });

  test('without an earlier question a change is no question', () => {
    expect(follow('only for March').translation.outcome).toBe('not_confident');
  });

  test.each([
    ['what is not of this schema', ['Number of orders by status', 'and the weather?']],
    ['what fits nowhere', ['Number of customers', 'only the blue ones']],
    ['no words', ['Number of customers', 'and?']],
  ])('is declined when it is about %s', (_, questions) => {
    expect(follow(...questions).translation.outcome).toBe('not_confident');
  });
});
