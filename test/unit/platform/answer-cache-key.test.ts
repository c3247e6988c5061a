import { expect, test } from '@jest/globals';
import { answerCacheText, normaliseQuestion } from '../../../domain/answer-cache-key.js';
import { answerCacheKey, modelCacheLabel } from '../../../platform/answer-cache-key.js';
import type { ModelConfig } from '../../../platform/config.js';

const parts = {
  tenantId: 't',
  dataSourceId: 'd',
  versionId: 'v',
  mappingVersion: 1,
  question: 'How many?',
  model: 'm',
  area: 'sales' as string | undefined,
};
const keyOf = (change: Partial<typeof parts> = {}): string =>
  answerCacheKey(answerCacheText({ ...parts, ...change })).toString('hex');

test.each(Object.keys(parts))('another %s is another key', (part) => {
  expect(keyOf({ [part]: 'other' })).not.toBe(keyOf());
});

test('of a subject area the case is the same, and no area is another key', () => {
  expect(keyOf({ area: 'Sales' })).toBe(keyOf());
  expect(keyOf({ area: undefined })).not.toBe(keyOf());
});

test.each([
  ['  How   many \n orders ?', 'How many orders'],
  ['How many orders.', 'How many orders'],
  ['e\u0301', '\u00e9'],
])('%j is asked as %j', (question, same) => {
  expect(normaliseQuestion(question)).toBe(normaliseQuestion(same));
});

test.each([
  ['status open', 'status Open'],
  ['called "a  b"', 'called "a b"'],
  ["called 'a  b'", "called 'a b'"],
  ['a b', 'ab'],
])('%j may mean something else than %j', (question, other) => {
  expect(normaliseQuestion(question)).not.toBe(normaliseQuestion(other));
});

test('parts cannot run into each other', () => {
  expect(keyOf({ dataSourceId: 'd","v', versionId: 'v' })).not.toBe(
    keyOf({ dataSourceId: 'd', versionId: 'v","v' }),
  );
});

test('models that may answer differently have different labels', () => {
  const model: ModelConfig = {
    provider: 'openai-compatible',
    apiKey: 'secret',
    baseUrl: undefined,
    chatModel: 'a',
    embeddingModel: 'e',
    embeddingDimensions: 512,
    contextTokens: 6_000,
  };
  const labels = [
    model,
    { ...model, baseUrl: 'http://127.0.0.1:1/v1' },
    { ...model, chatModel: 'b' },
    { ...model, embeddingModel: 'f' },
    { ...model, provider: 'built-in' as const },
  ].map(modelCacheLabel);
  expect(new Set(labels).size).toBe(labels.length);
  expect(labels.join()).not.toContain('secret');
});
