/** How a model's reply ended before its SQL did: at its limit of tokens, or without the fence that it had opened. */
export type CutOff = 'token-limit' | 'open-fence';

/**
 * Tells that the SQL in a reply is likely only its beginning. Half a query may well be a query, with a wrong result, and the
 * guard cannot know. What follows a closed fence is only talk, so a reply may be cut off there.
 *
 * @param finishReason the endpoint's: `length` at the limit of tokens
 */
export const findCutOff = (reply: string, finishReason: string): CutOff | undefined => {
  const fences = reply.replace(/<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/gi, '').match(/```+|~~~+/g) ?? [];
  const isOpen = fences.length % 2 === 1;
  if (finishReason === 'length') return isOpen || fences.length === 0 ? 'token-limit' : undefined;
  return isOpen ? 'open-fence' : undefined;
};
