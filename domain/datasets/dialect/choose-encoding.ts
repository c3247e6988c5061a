import type { Encoding, EncodingGuess, Evidence } from './dialect.js';

export interface ChosenEncoding {
  encoding: Encoding;
  evidence: Evidence;
}

/** Western Europe's encodings agree in nearly all letters; Windows-1252 holds most of the others' characters. */
const WESTERN = new Set(['windows-1252', 'iso-8859-15', 'iso-8859-1', 'macintosh']);
const EAST_ASIAN = new Set(['gb18030', 'gbk', 'big5', 'shift_jis', 'euc-jp', 'euc-kr', 'iso-2022-jp']);
/** Western files are the more frequent ones: another single-byte encoding must be so much likelier. */
const LIKELIER = 1.2;
/** Of old systems: few files are in them, and short texts in other encodings look like them. */
const RARE = new Set(['ibm866', 'x-mac-cyrillic', 'macintosh', 'koi8-u']);
/** Below this many bytes above 127 nobody can be sure. */
const FEW_BYTES = 12;

/**
 * Which of the guesses to read the file with, or undefined where it is of Western Europe or nothing speaks for another. A double-byte encoding
 * is believed unless its characters stand alone in words of Latin letters, which are then accented ones. The confidence is what sets the guess
 * off from the next one that reads the text in another way.
 */
export function chooseEncoding(
  sample: Uint8Array,
  highBytes: number,
  guesses: readonly EncodingGuess[],
): ChosenEncoding | undefined {
  const decode = (encoding: Encoding): string => new TextDecoder(encoding).decode(sample);
  const believed = guesses.filter(
    ({ encoding }) => !EAST_ASIAN.has(encoding) || areOwnWords(decode(encoding)),
  );
  const [best] = believed;
  if (!best || WESTERN.has(best.encoding)) return undefined;
  const text = decode(best.encoding);
  // Encodings that read it alike tell nothing apart, and a few bytes do not speak for a rare one.
  if (text === decode('windows-1252') || (RARE.has(best.encoding) && highBytes < FEW_BYTES)) return undefined;
  const western = believed.find(({ encoding }) => encoding === 'windows-1252');
  if (western && best.confidence < LIKELIER * western.confidence) {
    const doubt = `Not UTF-8; single bytes above 127 between letters.${doubtOf(best)}`;
    return { encoding: 'windows-1252', evidence: { about: 'encoding', confidence: 0.6, text: doubt } };
  }
  const other = believed.find(({ encoding }) => encoding !== best.encoding && decode(encoding) !== text);
  const margin = other ? 1 - other.confidence / Math.max(best.confidence, 1e-9) : 1;
  const isSure = EAST_ASIAN.has(best.encoding) ? !other || margin > 0.5 : margin > 0.1;
  const confidence = highBytes < FEW_BYTES || RARE.has(best.encoding) ? 0.4 : isSure ? 0.9 : 0.5 + margin;
  const language = best.language === null ? '' : ` (${languageName(best.language)})`;
  const doubt = confidence >= 0.7 ? '' : doubtOf(other);
  return {
    encoding: best.encoding,
    evidence: {
      about: 'encoding',
      confidence: Math.round(confidence * 100) / 100,
      text: `Not UTF-8; its bytes are those of ${best.encoding}${language}.${doubt}`,
    },
  };
}

const doubtOf = (other: EncodingGuess | undefined): string =>
  ` That is not certain${other ? `; ${other.encoding} is possible too` : ''}: if the text looks wrong, read the file again with another encoding.`;

/** East Asian characters stand together; "Fran蓷is" is a word with an accent. */
function areOwnWords(text: string): boolean {
  const pieces = text.match(/[A-Za-z]*[^\0-\u024f]+[A-Za-z]*/g) ?? [];
  const inLatin = pieces.filter((piece) => /[a-z]/i.test(piece.at(0)!) || /[a-z]/i.test(piece.at(-1)!));
  return (
    pieces.length > 0 &&
    inLatin.length < pieces.length / 2 &&
    !(text.split('\ufffd').length > 9 + text.length / 1000)
  );
}

const languageName = (code: string): string => {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
};
