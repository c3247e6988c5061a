import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countTokens as wholeCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { countTokens as wholeO200k } from 'gpt-tokenizer/encoding/o200k_base';
import {
  createTokenCounter,
  type TokenCounter,
  type TokenEncoding,
} from '../../../activities/model/count-tokens.js';
import { splitForTokenizer, TOKENIZER_PIECE_CHARS } from '../../../domain/tokens/split-for-tokenizer.js';

const PLAIN = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };
const whole = { cl100k_base: wholeCl100k, o200k_base: wholeO200k };

/** Text as schemas and questions have it: words of several scripts with what stands between them. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'customer_id',
        'Bestellungen',
        "don't",
        '売上高',
        'اسعار',
        '🧾',
        '<|endoftext|>',
        '12345',
      ),
      fc.constantFrom(' ', '  ', '\n', '\r\n', '\t', ', ', '。', ' -- ', '.', '(', ') '),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    ),
    { maxLength: 150 },
  )
  .map((parts) => parts.join(''));

describe.each<TokenEncoding>(['cl100k_base', 'o200k_base'])('tokens by %s', (encoding) => {
  let exact: TokenCounter;
  let fast: TokenCounter;
  beforeAll(async () => {
    exact = await createTokenCounter(encoding);
    fast = await createTokenCounter(encoding, { engine: 'gpt-tokenizer' });
  });

  test('tiktoken and gpt-tokenizer count alike', () => {
    expect([exact.engine, fast.engine]).toEqual(['tiktoken', 'gpt-tokenizer']);
    fc.assert(fc.property(text, (t) => expect(fast.countTokens(t)).toBe(exact.countTokens(t))));
  });

  test('counting in pieces gives what counting at once gives', () => {
    const words = fc
      .array(
        fc.constantFrom('order', 'totals', 'größe', 'net_amount', 'x', 'Здравствуй', 'per day,', "isn't"),
        {
          minLength: 80,
          maxLength: 300,
        },
      )
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(words, (t) => expect(fast.countTokens(t)).toBe(whole[encoding](t, PLAIN))),
      { numRuns: 50 },
    );
  });

  test('special tokens in a user’s text are counted as text', () => {
    expect(exact.countTokens('<|endoftext|>')).toBeGreaterThan(1);
    expect(exact.countTokens('<|endoftext|>')).toBe(fast.countTokens('<|endoftext|>'));
    expect(fast.truncateToTokens('<|endoftext|> <|fim_prefix|>', 3).length).toBeGreaterThan(0);
  });

  test('a cut text is a beginning of the text, fits, and is not cut without need', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 300 }), (t, maxTokens) => {
        const cut = fast.truncateToTokens(t, maxTokens);
        expect(t.startsWith(cut)).toBe(true);
        expect(fast.countTokens(cut)).toBeLessThanOrEqual(maxTokens);
        expect(exact.countTokens(cut)).toBeLessThanOrEqual(maxTokens);
        if (fast.countTokens(t) <= maxTokens) expect(cut).toBe(t);
      }),
    );
  });

  test('unbroken text of 200,000 characters is handed over in short pieces only', () => {
    const unbroken = '漢字'.repeat(100_000);
    expect(Math.max(...[...splitForTokenizer(unbroken)].map((p) => p.length))).toBe(TOKENIZER_PIECE_CHARS);
    const cut = fast.truncateToTokens(unbroken, 8_191);
    expect(fast.countTokens(cut)).toBeLessThanOrEqual(8_191);
    expect(fast.countTokens(cut)).toBeGreaterThan(8_180);
  });
});

describe('splitForTokenizer', () => {
  test('loses nothing and never parts a surrogate pair', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.integer({ min: 2, max: 40 }),
        (t, size) => {
          const pieces = [...splitForTokenizer(t, size)];
          expect(pieces.join('')).toBe(t);
          for (const piece of pieces) {
            expect(piece.length).toBeLessThanOrEqual(size);
            expect(piece).not.toMatch(/[\ud800-\udbff]$/);
          }
        },
      ),
    );
  });
});
