import { utf8SequenceLength } from './detect-encoding.js';
import type { Encoding } from './dialect.js';

export interface PieceDecoder {
  /** Text of what is complete; the last call is without bytes. */
  decode(bytes?: Uint8Array): string;
}

/**
 * Decodes a file piece by piece without losing a byte: in a file that is UTF-8 but for some bytes, these are read as Windows-1252.
 */
export function createPieceDecoder(encoding: Encoding, isUtf8: boolean): PieceDecoder {
  if (encoding === 'utf-8' && !isUtf8) return createMixedDecoder();
  const decoder = new TextDecoder(encoding);
  return { decode: (bytes) => (bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()) };
}

function createMixedDecoder(): PieceDecoder {
  const utf8 = new TextDecoder('utf-8');
  const single = new TextDecoder('windows-1252');
  let rest = new Uint8Array();
  return {
    decode: (bytes) => {
      const piece = new Uint8Array(rest.length + (bytes?.length ?? 0));
      piece.set(rest);
      if (bytes) piece.set(bytes, rest.length);
      let text = '';
      let from = 0;
      let at = 0;
      // The last bytes of a piece may be the beginning of a sequence.
      const end = bytes ? piece.length - 3 : piece.length;
      while (at < end) {
        if ((piece[at] ?? 0) < 0x80) {
          at += 1;
          continue;
        }
        const length = utf8SequenceLength(piece, at);
        if (length > 0) {
          at += length;
          continue;
        }
        text += utf8.decode(piece.subarray(from, at)) + single.decode(piece.subarray(at, at + 1));
        at += 1;
        from = at;
      }
      text += utf8.decode(piece.subarray(from, at));
      rest = piece.slice(at);
      return text;
    },
  };
}
