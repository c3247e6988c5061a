/**
 * Text from elsewhere (names, cells, model output) must not steer the terminal: control characters, escapes and marks that reorder
 * the line are made visible.
 */
export function printable(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (char) => {
      if (char === '\n') return '↵';
      if (char === '\t') return ' ';
      return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}

/** The same for text of several lines (SQL, details), whose line breaks stay. */
export const printableLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => printable(line.replaceAll('\t', '  ')))
    .join('\n');

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
// Unicode East Asian Wide and Fullwidth blocks (UAX #11), as far as terminals agree on them, and emoji.
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}])/u;

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Cuts a text to at most `width` columns, the last of them an ellipsis when something was cut; never through a character. */
export function cutToWidth(text: string, width: number): string {
  // Every grapheme takes at least one column, so a longer text need not be measured to its end.
  let used = 0;
  let kept = '';
  let isCut = false;
  let fitting = '';
  for (const { segment } of graphemes.segment(text)) {
    used += WIDE.test(segment) ? 2 : 1;
    if (used > width) {
      isCut = true;
      break;
    }
    kept += segment;
    if (used <= width - 1) fitting = kept;
  }
  return isCut ? `${fitting}…` : kept;
}

const numbers = new Intl.NumberFormat('en-US');
/** `10,200` */
export const formatCount = (value: number): string => numbers.format(value);

/** `3 rows`, `1 row`. */
export const plural = (value: number, noun: string): string =>
  `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;

/** `12 ms`, `3.4 s`, `2 min 5 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1_000).toFixed(1)} s`;
  const wholeSeconds = Math.round(durationMs / 1_000);
  const minutes = Math.floor(wholeSeconds / 60);
  return minutes < 60
    ? `${minutes} min ${wholeSeconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
