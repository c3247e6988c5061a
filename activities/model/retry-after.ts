/**
 * How long an endpoint asks to wait, in milliseconds, never negative; undefined where it does not say or says nonsense.
 * Reads `retry-after-ms`, then `retry-after` in seconds (fractions too) or as an HTTP date. A date is held against the
 * endpoint's own `date` header where there is one, so that a wrong clock on either side does not matter.
 */
export const retryAfterMs = (headers: Headers, nowMs: number = Date.now()): number | undefined => {
  const milliseconds = number(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return Math.max(0, Math.ceil(milliseconds));

  const value = headers.get('retry-after');
  const seconds = number(value);
  if (seconds !== undefined) return Math.max(0, Math.ceil(seconds * 1_000));

  const atMs = value === null ? Number.NaN : Date.parse(value);
  if (Number.isNaN(atMs)) return undefined;
  const serverMs = Date.parse(headers.get('date') ?? '');
  return Math.max(0, atMs - (Number.isNaN(serverMs) ? nowMs : serverMs));
};

const number = (value: string | null): number | undefined =>
  value !== null && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
