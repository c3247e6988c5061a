/** The items of the JSON array in a model's reply; undefined when there is none. Text around it and a fence are left away. */
export function extractProposals(reply: string): unknown[] | undefined {
  const from = reply.indexOf('[');
  const to = reply.lastIndexOf(']');
  if (from < 0 || to < from) return undefined;
  try {
    const parsed: unknown = JSON.parse(reply.slice(from, to + 1));
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
