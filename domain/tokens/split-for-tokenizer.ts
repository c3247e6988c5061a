/**
 * Longest piece handed to a tokeniser at once, in UTF-16 code units. Both tokenisers are quadratic in unbroken text
 * (30,000 CJK characters take 8 to 11 s at once, a fraction of a second in pieces of this size).
 */
export const TOKENIZER_PIECE_CHARS = 400;

/**
 * A place where every GPT pre-tokeniser (cl100k_base, o200k_base) starts a new word, whatever stands around it: one separator
 * between two letters ("paid| orders", "customer|_id", "好|，世"). Apostrophes are left out (contractions), so are marks,
 * which o200k takes as part of a word. Cutting there does not change the number of tokens.
 */
const SAFE_CUT = /\p{L}(?=[^\r\n\p{L}\p{N}\p{M}'’]\p{L})/gu;

/** Moves a cut back by one where it would part a surrogate pair. */
const keepPair = (text: string, at: number): number => {
  const code = text.charCodeAt(at - 1);
  return at > 1 && code >= 0xd800 && code <= 0xdbff ? at - 1 : at;
};

/**
 * Splits text into pieces of at most `pieceChars`, whose token counts add up to that of the whole wherever words are shorter
 * than a piece; inside a longer unbroken run a hard cut may add a token or two each time. The pieces joined are the text.
 */
export function* splitForTokenizer(
  text: string,
  pieceChars: number = TOKENIZER_PIECE_CHARS,
): Generator<string, void, undefined> {
  let start = 0;
  while (text.length - start > pieceChars) {
    // A little more, so that the separator and the letter after the last possible cut are seen.
    const view = text.slice(start, start + pieceChars + 5);
    let cut = 0;
    for (const match of view.matchAll(SAFE_CUT)) {
      const end = match.index + match[0].length;
      if (end > pieceChars) break;
      cut = end;
    }
    const end = start + (cut > 0 ? cut : keepPair(view, pieceChars));
    yield text.slice(start, end);
    start = end;
  }
  if (start < text.length) yield text.slice(start);
}

/** The first `chars` code units of a text, never half a surrogate pair. */
export const cutChars = (text: string, chars: number): string =>
  text.length <= chars ? text : text.slice(0, chars <= 0 ? 0 : keepPair(text, chars));
