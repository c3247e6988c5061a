import { expect, test } from '@jest/globals';
import { translateQuestion } from '../../../domain/built-in-model/translate-question.js';
import { TODAY, table } from './shop-schema.js';

const CONTEXT = {
  tables: [
    table('fines', 'id* integer, reason! text, amount! numeric(8,2), is_paid! boolean'),
    table('visits', 'id* integer, city! text, amount! numeric(8,2)'),
  ],
  foreignKeys: [],
};
const ask = (question: string) => translateQuestion({ question, context: CONTEXT, today: TODAY });

test.each(['Fines by reason', 'Total fines per reason'])(
  'whether sums of money are counted or added up is not guessed: %s',
  (question) => {
    expect(ask(question)).toMatchObject({
      outcome: 'not_confident',
      reason: expect.stringContaining('amount'),
    });
  },
);

test.each(['Number of fines by reason', 'How many fines are there per reason?', 'Visits by city'])(
  'what is to be counted is counted: %s',
  (question) => {
    expect(ask(question)).toMatchObject({ outcome: 'sql', sql: expect.stringContaining('count(*)') });
  },
);

test('a percentage "by amount" is not one for each amount', () => {
  expect(ask('What percentage of fines is paid, by amount?').outcome).toBe('not_confident');
  expect(ask('What percentage of fines is paid, by reason?').outcome).toBe('sql');
});
