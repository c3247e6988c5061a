import { createRequire } from 'node:module';
import type { EncodingGuess } from '../../../domain/datasets/dialect/dialect.js';

interface Jschardet {
  detectAll(bytes: Buffer): { encoding: string | null; confidence: number; language?: string | null }[];
}

const require = createRequire(import.meta.url);

/** Names that the decoders of the web have for what the library calls otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  cp949: 'euc-kr',
  cp866: 'ibm866',
  gb2312: 'gb18030',
  gbk: 'gb18030',
  macroman: 'macintosh',
  maccyrillic: 'x-mac-cyrillic',
};

/** Bytes that are shown to the library: it takes about a second a megabyte. */
const MOST_BYTES = 128 * 1024;

/**
 * What a text that is no UTF-8 may be encoded in, the likeliest first: by jschardet, which knows byte patterns and the letters that follow each
 * other in languages. Encodings that no decoder of the runtime knows are left out. The library is loaded when it is first needed (0.2 s, 50 MB).
 */
export function guessEncodings(pieces: readonly Uint8Array[]): EncodingGuess[] {
  const { detectAll } = require('jschardet') as Jschardet;
  const seen = new Set<string>();
  return detectAll(linesBeyondAscii(pieces)).flatMap(({ encoding, confidence, language }) => {
    const name = encoding === null ? undefined : decoderOf(encoding);
    if (!name || seen.has(name)) return [];
    seen.add(name);
    return [{ encoding: name, confidence, language: language ?? null }];
  });
}

/** The name that the web has for an encoding; undefined for one that the runtime cannot decode. */
export function decoderOf(label: string): string | undefined {
  const lower = label.toLowerCase();
  try {
    return new TextDecoder(
      NAMES[lower] ?? lower.replace(/^iso(?=\d)/, 'iso-').replace(/^iso-(\d{4})-?/, 'iso-$1-'),
    ).encoding;
  } catch {
    return undefined;
  }
}

/** Most lines of a table say nothing about its encoding: those with bytes above 127, as far as there is room. */
function linesBeyondAscii(pieces: readonly Uint8Array[]): Buffer {
  const lines: Uint8Array[] = [];
  let size = 0;
  for (const piece of pieces) {
    for (let start = 0; start < piece.length && size < MOST_BYTES; ) {
      const found = piece.indexOf(10, start);
      const end = found < 0 ? piece.length : found + 1;
      const line = piece.subarray(start, Math.min(end, start + MOST_BYTES));
      if (line.some((byte) => byte > 127)) {
        lines.push(line);
        size += line.length;
      }
      start = end;
    }
  }
  return Buffer.concat(lines);
}
