import { z } from 'zod';
import { LIMITS } from '../contracts/limits.js';

/** For the documentation of routes that take the header. */
export const preferHeader = z.object({
  Prefer: z
    .string()
    .optional()
    .meta({
      description: `\`wait=10\` waits up to so many seconds (at most ${LIMITS.preferWaitSeconds}) for the end, RFC 7240.`,
      example: 'wait=10',
    }),
});

/** Seconds that the caller wants to wait for the end; 0 when it does not say. What cannot be understood is ignored (RFC 7240, 2). */
export function preferredWaitSeconds(prefer: string | undefined): number {
  const wait = prefer
    ?.split(',')
    .map((preference) => /^\s*wait\s*=\s*"?(\d{1,6})"?\s*(;|$)/i.exec(preference)?.[1])
    .find((seconds) => seconds !== undefined);
  return wait === undefined ? 0 : Math.min(Number(wait), LIMITS.preferWaitSeconds);
}
