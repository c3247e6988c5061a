/**
 * Control characters, line and paragraph separators, and marks that turn the direction of text or hide text in it (tag
 * characters). Joiners stay: Persian words and emoji need them.
 */
const INVISIBLE =
  /\p{Cc}|[\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/**
 * Words of others (comments, database messages) for the data channel: one line, at most `maxChars`, without anything that
 * could look like the end of the channel, a fence or a control token: `<`, `>` and backticks become look-alikes.
 */
export const untrustedLine = (text: string, maxChars: number): string => {
  const line = text
    .replace(INVISIBLE, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/</g, '‹')
    .replace(/>/g, '›')
    .replace(/`/g, 'ˋ');
  return line.length > maxChars ? `${line.slice(0, maxChars).replace(/[\ud800-\udbff]$/, '')}…` : line;
};

/** A name can be shown exactly as SQL needs it, on one line; names with hidden or control characters cannot. */
export const isShowableName = (name: string): boolean => name.search(INVISIBLE) === -1;

/**
 * Text that keeps its lines and its `<` (a question, SQL): control characters go, and `<|` is parted, because some servers
 * read `<|…|>` in a message as a control token. That it cannot close its channel is the boundary's doing.
 */
export const untrustedBlock = (text: string, maxChars: number): string => {
  const block = text
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(INVISIBLE, (character) => (character === '\n' || character === '\t' ? character : ' '))
    .replace(/<\|/g, '< |');
  return block.length > maxChars ? `${block.slice(0, maxChars).replace(/[\ud800-\udbff]$/, '')}…` : block;
};

/**
 * A number for the channel tags (`DATA_7`) that occurs in none of the texts, so that nothing in them can close a channel or
 * open another. The smallest is taken: the same texts give the same prompt.
 */
export const channelNumber = (texts: readonly string[]): number => {
  const taken = new Set<number>();
  for (const text of texts) {
    for (const [, digits] of text.matchAll(/(?:DATA|GUIDE|QUESTION)[\s_]*(\d{1,9})/gi))
      taken.add(Number(digits));
  }
  let number = 1;
  while (taken.has(number)) number += 1;
  return number;
};
