import { describe, expect, test } from '@jest/globals';
import { createChatWriter } from '../../../activities/answers/sql-writer.js';
import { corpusContext } from './support/corpus-context.js';

const write = async (text: string, finishReason = 'stop', previousCutOff?: string) => {
  const writer = createChatWriter({
    chat: {
      name: 'scripted',
      kind: 'openai-compatible',
      complete: async () => ({ text, finishReason, usage: { promptTokens: 1, completionTokens: 1 } }),
    },
    tokenBudget: 2_000,
    loadTokenCounter: async () => (counted) => Math.ceil(counted.length / 4),
  });
  return await writer.write({
    question: 'How many orders are there?',
    context: { schema: corpusContext, chosen: [] },
    dialect: 'postgres',
    today: '2026-11-23',
    signal: new AbortController().signal,
    ...(previousCutOff
      ? {
          previous: {
            sql: '',
            error: {
              code: 'model_answer_unusable' as const,
              message: '',
              wayOut: '',
              details: { cutOff: previousCutOff },
            },
          },
        }
      : {}),
  });
};

describe('a reply that was cut off is not taken for a query, though half a query may be one', () => {
  test.each([
    ['at the limit of tokens, bare', 'SELECT count(*) FROM orders', 'length', 'token-limit'],
    ['at the limit of tokens, in a fence', '```sql\nSELECT count(*) FROM orders', 'length', 'token-limit'],
    ['inside its fence', '```sql\nSELECT count(*) FROM orders', 'stop', 'open-fence'],
  ])('%s', async (_where, text, finishReason, cutOff) => {
    expect(await write(text, finishReason)).toMatchObject({
      outcome: 'unusable',
      error: { code: 'model_answer_unusable', details: { cutOff } },
    });
  });

  test('in the talk after a closed fence, which harms nothing', async () => {
    const reply = await write('```sql\nSELECT 1\n```\nThis counts all the', 'length');
    expect(reply).toMatchObject({ outcome: 'sql', sql: 'SELECT 1' });
  });

  test('a model that never closes its fences is heard the second time, but not one at its limit', async () => {
    const open = '```sql\nSELECT 1';
    expect(await write(open, 'stop', 'open-fence')).toMatchObject({ outcome: 'sql', sql: 'SELECT 1' });
    expect(await write(open, 'length', 'token-limit')).toMatchObject({ outcome: 'unusable' });
  });
});
