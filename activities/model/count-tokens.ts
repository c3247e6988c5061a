import { cutChars, splitForTokenizer } from '../../domain/tokens/split-for-tokenizer.js';

/** `cl100k_base` for the text-embedding-3 models, `o200k_base` for the chat models since gpt-4o. */
export type TokenEncoding = 'cl100k_base' | 'o200k_base';
export type TokenEngine = 'tiktoken' | 'gpt-tokenizer';

export interface TokenCounter {
  readonly encoding: TokenEncoding;
  /** Which library counts; `gpt-tokenizer` also where tiktoken's WASM did not load. */
  readonly engine: TokenEngine;
  /** Tokens of a text. Special tokens in it (`<|endoftext|>`) count as the plain text that they are. */
  countTokens(text: string): number;
  /** The longest beginning of a text that has at most `maxTokens` tokens; the text itself where it fits. */
  truncateToTokens(text: string, maxTokens: number): string;
}

type CountPiece = (piece: string) => number;

// Asked for by encoding name: tiktoken's model map does not know new models. One encoding only is loaded (`lite`).
const loadTiktoken: Record<TokenEncoding, () => Promise<CountPiece>> = {
  cl100k_base: async () => tiktokenCounter(await import('tiktoken/encoders/cl100k_base')),
  o200k_base: async () => tiktokenCounter(await import('tiktoken/encoders/o200k_base')),
};

interface TiktokenData {
  bpe_ranks: string;
  special_tokens: Record<string, number>;
  pat_str: string;
}

/** The encoders are CommonJS: depending on the loader the data is the default export, or one deeper. */
const unwrapDefault = (module: { default: unknown }): unknown => {
  const inner = module.default as { default?: unknown; bpe_ranks?: string };
  return inner.bpe_ranks === undefined ? inner.default : inner;
};

const tiktokenCounter = async (module: { default: unknown }): Promise<CountPiece> => {
  const data = unwrapDefault(module) as TiktokenData;
  const { Tiktoken } = await import('tiktoken/lite');
  const encoder = new Tiktoken(data.bpe_ranks, data.special_tokens, data.pat_str);
  return (piece) => encoder.encode_ordinary(piece).length;
};

const NO_SPECIAL = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

const loadGptTokenizer: Record<TokenEncoding, () => Promise<CountPiece>> = {
  cl100k_base: async () => {
    const { countTokens } = await import('gpt-tokenizer/encoding/cl100k_base');
    return (piece) => countTokens(piece, NO_SPECIAL);
  },
  o200k_base: async () => {
    const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
    return (piece) => countTokens(piece, NO_SPECIAL);
  },
};

const counterOver = (encoding: TokenEncoding, engine: TokenEngine, countPiece: CountPiece): TokenCounter => {
  const countTokens = (text: string): number => {
    let tokens = 0;
    for (const piece of splitForTokenizer(text)) tokens += countPiece(piece);
    return tokens;
  };

  const longestPrefix = (piece: string, maxTokens: number): string => {
    let low = 0;
    let high = piece.length;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (countPiece(cutChars(piece, middle)) <= maxTokens) low = middle;
      else high = middle - 1;
    }
    return cutChars(piece, low);
  };

  const truncateToTokens = (text: string, maxTokens: number): string => {
    // A token has at least one byte, and a UTF-16 code unit at most three.
    if (text.length * 3 <= maxTokens) return text;
    let tokens = 0;
    let end = 0;
    for (const piece of splitForTokenizer(text)) {
      const pieceTokens = countPiece(piece);
      if (tokens + pieceTokens > maxTokens) {
        let kept = text.slice(0, end) + longestPrefix(piece, Math.max(0, maxTokens - tokens));
        // A shorter text may be split elsewhere; what is promised is checked.
        while (kept.length > 0 && countTokens(kept) > maxTokens) kept = cutChars(kept, kept.length - 1);
        return kept;
      }
      tokens += pieceTokens;
      end += piece.length;
    }
    return text;
  };

  return { encoding, engine, countTokens, truncateToTokens };
};

const loaded = new Map<string, Promise<TokenCounter>>();

/**
 * Loads a counter, once for each encoding and engine (80 to 90 MB and 0.3 to 0.4 s).
 *
 * `tiktoken` (default) is OpenAI's own tokeniser as WASM; `gpt-tokenizer` is some fourteen times faster (0.12 s for 291,000
 * tokens) and takes over where the WASM cannot be loaded. A property test holds that both count alike.
 */
export const createTokenCounter = (
  encoding: TokenEncoding,
  { engine = 'tiktoken' }: { engine?: TokenEngine } = {},
): Promise<TokenCounter> => {
  const key = `${encoding} ${engine}`;
  const existing = loaded.get(key);
  if (existing) return existing;
  const counter = load(encoding, engine);
  loaded.set(key, counter);
  counter.catch(() => loaded.delete(key));
  return counter;
};

const load = async (encoding: TokenEncoding, engine: TokenEngine): Promise<TokenCounter> => {
  if (engine === 'tiktoken') {
    try {
      return counterOver(encoding, 'tiktoken', await loadTiktoken[encoding]());
    } catch {
      // Falls through to the pure JavaScript tokeniser; `engine` tells which it became.
    }
  }
  return counterOver(encoding, 'gpt-tokenizer', await loadGptTokenizer[encoding]());
};
