import { expect, test } from '@jest/globals';
import { matchValues } from '../../../domain/values/match-values.js';
import { table } from '../prompt/sample-context.js';

const orders = table('public.orders', ['id bigint pk', 'status text', 'state text', 'note text']);
const VALUES = {
  'public.orders.status': ['open', 'paid', 'success'],
  'public.orders.state': ['Bavaria', 'North Rhine', 'IN'],
  'public.orders.note': Array.from({ length: 30 }, (_, n) => `code ${n}`),
  'public.other.status': ['paid'],
};
const match = (question: string) => matchValues(question, [orders], VALUES);

test('values that share a word with the question are found in their stored spelling', () => {
  expect(match('paid orders in bavaria and IN')).toEqual({
    'public.orders.status': ['paid'],
    'public.orders.state': ['Bavaria', 'IN'],
  });
});

test('a word that says nothing matches no code', () => {
  expect(match('how many are in it')).toEqual({});
});

test('a word that only begins as the value does is enough', () => {
  expect(match('successful orders')).toEqual({ 'public.orders.status': ['success'] });
});

test('a column that the question names shows its values where they are few', () => {
  expect(match('orders by status')).toEqual({ 'public.orders.status': ['open', 'paid', 'success'] });
  expect(match('orders by note')).toEqual({});
});

test('the best matches come first and a column passes on at most twelve', () => {
  const { 'public.orders.note': notes = [] } = match('orders with code 17');
  expect(notes[0]).toBe('code 17');
  expect(notes).toHaveLength(12);
});

test('tables that are not in the context give no values', () => {
  expect(Object.keys(match('paid'))).toEqual(['public.orders.status']);
});
