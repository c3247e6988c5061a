const NEGATION = /^(?:un|in|im|il|ir|dis|non-?|mis|anti-?|de|ab)(?=\p{L}{3})/iu;

/** One text is the other with a prefix that turns the meaning of one of its words round: "very unlikely" is no slip for "very likely". */
export function isOpposite(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => text.toLowerCase().split(/\s+/));
  if (!left || !right || left.length !== right.length) return false;
  const differing = left.flatMap((word, i) => (word === right[i] ? [] : [[word, right[i] ?? ''] as const]));
  const [pair] = differing;
  if (!pair || differing.length > 1) return false;
  return pair[0].replace(NEGATION, '') === pair[1] || pair[1].replace(NEGATION, '') === pair[0];
}
