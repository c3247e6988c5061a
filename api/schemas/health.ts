import { z } from 'zod';
import type { HealthReport } from '../../platform/health.js';

const status = z.enum(['ok', 'degraded', 'down']);

export const healthSchema = z
  .object({
    status,
    live: z.literal(true),
    ready: z.boolean(),
    parts: z.record(z.string(), z.object({ status, detail: z.string().optional() })),
  })
  .meta({ id: 'Health' }) satisfies z.ZodType<HealthReport>;

export const liveSchema = z.object({ live: z.literal(true) }).meta({ id: 'Live' });
export const readySchema = z.object({ ready: z.boolean() }).meta({ id: 'Ready' });
