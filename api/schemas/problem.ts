import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../contracts/errors.js';
import type { ErrorRecord } from '../../contracts/quaestor-error.js';
import type { Problem } from '../problem.js';

const errorCode = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]).meta({
  id: 'ErrorCode',
  description: 'Stable: clients may switch on it.',
});

export const problemSchema = z
  .object({
    type: z.string().meta({ format: 'uri-reference', description: 'Where the error is explained.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'One sentence about this occurrence.' }),
    code: errorCode,
    wayOut: z.string().meta({ description: 'What can be done about it.' }),
    retryable: z.boolean().meta({ description: 'The same request may work later; see Retry-After.' }),
    requestId: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document.' }) satisfies z.ZodType<Problem>;

/** How an error is kept with a job or a question that failed. */
export const errorRecordSchema = z
  .object({
    code: errorCode,
    message: z.string(),
    wayOut: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'ErrorRecord' }) satisfies z.ZodType<ErrorRecord>;
