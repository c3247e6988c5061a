import { describe, expect, test } from '@jest/globals';
import { expandDefinitions, explainedForms } from '../../../domain/built-in-model/definitions.js';
import { translateQuestion } from '../../../domain/built-in-model/translate-question.js';
import { SHOP, SHOP_VALUES, TODAY } from './shop-schema.js';

const ask = (question: string) =>
  translateQuestion({ question, context: SHOP, today: TODAY, sampledValues: SHOP_VALUES });

describe('a term that the question defines', () => {
  test.each([
    [
      'Margin is defined as price minus cost. What is the margin of each product?',
      'price minus cost of each product?',
    ],
    ['What is the ATV? ATV = average order total.', 'What is average order total?'],
    [
      'What is the pass rate of each class, where pass rate = number of passed exams / number of exams?',
      'What is ratio of number of passed exams to number of exams of each class?',
    ],
    [
      'A loyal tariff is one that is not prepaid. How many loyal tariffs are there?',
      'tariff that is not prepaid',
    ],
  ])('%s', (question, expected) => {
    expect(expandDefinitions(question).question).toContain(expected);
  });

  test('is told in the interpretation', () => {
    const result = ask(
      'Basket is defined as total amount of orders. What is the average basket per customer?',
    );
    if (result.outcome === 'sql') expect(result.interpretation).toContain('“Basket” is taken as');
    else expect(result.outcome).toBe('not_confident');
  });

  test('that the question never uses stays in it, and is then not understood', () => {
    const question = 'How many customers are there? Churn is defined as customers who left.';
    expect(expandDefinitions(question).question).toContain('Churn');
    expect(ask(question).outcome).toBe('not_confident');
  });
});

test('sentences on how texts are compared change nothing', () => {
  const plain = ask('How many customers are there?');
  expect(plain.outcome).toBe('sql');
  expect(ask('How many customers are there? Match strings exactly.')).toEqual(plain);
});

test('an explanation stands beside what it explains, or in its place', () => {
  const forms = explainedForms('Which orders are late, that is, shipped after the promised date?');
  expect(forms[0]!.question).toBe('Which orders are late shipped after the promised date?');
  expect(forms[1]!.question).toBe('Which orders are shipped after the promised date?');
});

test('a second question is not read as a condition of the first', () => {
  expect(ask('How many orders are there? How many of these orders were placed on weekends?').outcome).toBe(
    'not_confident',
  );
});
