import { chooseEncoding } from './choose-encoding.js';
import type { Encoding, EncodingGuess, Evidence } from './dialect.js';

export interface DetectedEncoding {
  encoding: Encoding;
  /** Bytes of the byte order mark. */
  bomBytes: number;
  evidence: Evidence;
}

/**
 * Decides the encoding from a sample of the file (its beginning, and where it goes on with bytes above 127, some of those places).
 * `isUtf8` says whether the whole file is valid UTF-8; `guess` is asked where it is none, and gives the likeliest first.
 */
export function detectEncoding(
  sample: Uint8Array,
  isUtf8: boolean,
  guess: () => readonly EncodingGuess[] = () => [],
): DetectedEncoding {
  const found = (encoding: Encoding, confidence: number, text: string, bomBytes = 0): DetectedEncoding => ({
    encoding,
    bomBytes,
    evidence: { about: 'encoding', confidence, text },
  });
  const [first, second, third] = sample;
  if (first === 0xef && second === 0xbb && third === 0xbf)
    return found('utf-8', 1, 'A UTF-8 byte order mark.', 3);
  if (first === 0xff && second === 0xfe) return found('utf-16le', 1, 'A UTF-16 byte order mark.', 2);
  if (first === 0xfe && second === 0xff) return found('utf-16be', 1, 'A UTF-16 byte order mark.', 2);
  const zeros = countZeros(sample);
  if (zeros.total > sample.length / 10) {
    if (zeros.odd > zeros.even * 20 && areLineEndsWide(sample, 1))
      return found('utf-16le', 0.95, 'Zero bytes at the odd places.');
    if (zeros.even > zeros.odd * 20 && areLineEndsWide(sample, -1))
      return found('utf-16be', 0.95, 'Zero bytes at the even places.');
  }
  const high = countHighBytes(sample);
  if (isUtf8) return found('utf-8', 1, high.total === 0 ? 'Only ASCII bytes.' : 'All of it is valid UTF-8.');
  if (high.total > 0 && high.utf8 / high.total > 0.95) {
    return found('utf-8', 0.7, 'Nearly all of it is valid UTF-8; the other bytes are read as Windows-1252.');
  }
  const chosen = chooseEncoding(sample, high.total, guess());
  if (chosen) return { ...chosen, bomBytes: 0 };
  if (looksLikeGb18030(sample, high)) {
    return found('gb18030', 0.9, 'The bytes above 127 come in pairs that are common Chinese characters.');
  }
  if (high.undefined1252 > 0) {
    return found('iso-8859-1', 0.6, 'Bytes that Windows-1252 leaves undefined.');
  }
  return found('windows-1252', high.c1 > 0 ? 0.9 : 0.8, 'Not UTF-8; single bytes above 127 between letters.');
}

/** In UTF-16 a line feed has a zero beside it; among bytes of another encoding zeros stand anywhere. */
function areLineEndsWide(bytes: Uint8Array, side: 1 | -1): boolean {
  let narrow = 0;
  let wide = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] !== 0x0a) continue;
    if ((bytes[index + side] ?? 0) === 0) wide += 1;
    else narrow += 1;
  }
  return narrow <= wide;
}

function countZeros(bytes: Uint8Array): { total: number; odd: number; even: number } {
  let odd = 0;
  let even = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] !== 0) continue;
    if (index % 2 === 1) odd += 1;
    else even += 1;
  }
  return { total: odd + even, odd, even };
}

interface HighBytes {
  total: number;
  /** In valid UTF-8 sequences. */
  utf8: number;
  /** In pairs as GB2312 has them for common characters. */
  gbCommon: number;
  /** 0x80 to 0x9f: punctuation in Windows-1252, control codes in Latin-1. */
  c1: number;
  undefined1252: number;
}

const UNDEFINED_1252 = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

function countHighBytes(bytes: Uint8Array): HighBytes {
  const counts: HighBytes = { total: 0, utf8: 0, gbCommon: 0, c1: 0, undefined1252: 0 };
  let index = 0;
  while (index < bytes.length) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x80) {
      index += 1;
      continue;
    }
    const sequence = utf8SequenceLength(bytes, index);
    if (sequence > 0) counts.utf8 += sequence;
    // A run of high bytes is looked at as a whole: in a Chinese text it is pairs.
    let end = index;
    while (end < bytes.length && (bytes[end] ?? 0) >= 0x80) end += 1;
    if (sequence > 0 && end - index === sequence) {
      countRun(bytes, index, end, counts);
      index = end;
      continue;
    }
    for (let at = index + Math.max(1, sequence); at < end; ) {
      const next = utf8SequenceLength(bytes, at);
      counts.utf8 += next;
      at += Math.max(1, next);
    }
    countRun(bytes, index, end, counts);
    index = end;
  }
  return counts;
}

function countRun(bytes: Uint8Array, start: number, end: number, counts: HighBytes): void {
  counts.total += end - start;
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte < 0xa0) counts.c1 += 1;
    if (UNDEFINED_1252.has(byte)) counts.undefined1252 += 1;
  }
  for (let index = start; index + 1 < end; index += 2) {
    const lead = bytes[index] ?? 0;
    const trail = bytes[index + 1] ?? 0;
    // Level 1 of GB2312 (0xb0 to 0xd7) holds the common characters, rows 0xa1 and 0xa3 punctuation and full-width forms.
    const isCommon = (lead >= 0xb0 && lead <= 0xf7) || lead === 0xa1 || lead === 0xa3;
    if (isCommon && trail >= 0xa1) counts.gbCommon += 2;
  }
}

export function utf8SequenceLength(bytes: Uint8Array, index: number): number {
  const lead = bytes[index] ?? 0;
  const length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (lead >= 0xf5 || length === 0) return 0;
  for (let offset = 1; offset < length; offset += 1) {
    const byte = bytes[index + offset];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function looksLikeGb18030(sample: Uint8Array, high: HighBytes): boolean {
  if (high.total < 4 || high.gbCommon / high.total < 0.9) return false;
  const text = new TextDecoder('gb18030').decode(sample);
  const replaced = text.split('\ufffd').length - 1;
  // The sample may be cut inside a character, at its end and between its parts.
  return replaced <= 8;
}
