import { z } from 'zod';

/** Without flags: they would end up inside the pattern of the OpenAPI document. */
const UUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);

/** Any UUID, whatever its version says. */
export const uuid = () => z.string().regex(UUID, 'must be a UUID').meta({ format: 'uuid' });

const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Text that Postgres can hold: no NUL, and no half of a surrogate pair. */
export const text = () =>
  z
    .string()
    .refine(
      (value) => !value.includes('\0') && !LONE_SURROGATE.test(value),
      'must be well-formed text without NUL',
    );

export const timestamp = () => z.string().meta({ format: 'date-time' });

/** Path parameter of everything whose id is a UUID. */
export const idParams = z.object({ id: uuid() });

/** Path parameter of jobs, whose ids are workflow ids. */
export const jobIdParams = z.object({
  id: z
    .string()
    .regex(/^[\w.-]{1,200}$/)
    .meta({ example: 'answer-0190d7a8-7d0f-7c1e-9f2a-3b1c5d7e9f01' }),
});
