import { describe, expect, test } from '@jest/globals';
import { LEXICAL_EMBEDDING, lexicalEmbedding } from '../../../domain/built-in-model/lexical-embedding.js';

const cosine = (a: string, b: string): number => {
  const [x, y] = [lexicalEmbedding(a), lexicalEmbedding(b)];
  return x.reduce((sum, value, i) => sum + value * y[i]!, 0);
};

describe('lexicalEmbedding', () => {
  test('gives a vector of the stated dimensions and of length one', () => {
    const vector = lexicalEmbedding('Monthly revenue of customers');
    expect(vector).toHaveLength(LEXICAL_EMBEDDING.dimensions);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  test('gives the same vector for the same text', () => {
    expect(lexicalEmbedding('order lines')).toEqual(lexicalEmbedding('order lines'));
  });

  test('sees through camelCase, snake_case, plurals and abbreviations', () => {
    expect(cosine('customerOrders', 'customer_order')).toBeGreaterThan(0.95);
    expect(cosine('cust_qty', 'customer quantity')).toBeGreaterThan(0.95);
    expect(cosine('shipped', 'shipping')).toBeGreaterThan(0.95);
  });

  test('puts related texts nearer than unrelated ones', () => {
    const question = 'How many orders did each customer place?';
    expect(cosine(question, 'orders customer_id placed_at')).toBeGreaterThan(
      cosine(question, 'warehouse stock_level bin') + 0.3,
    );
    expect(cosine('delivery', 'deliveries')).toBeGreaterThan(cosine('delivery', 'employee'));
  });

  test('gives the zero vector for a text without words', () => {
    expect(lexicalEmbedding(' ?! ').every((x) => x === 0)).toBe(true);
  });
});
