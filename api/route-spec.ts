import type { z } from 'zod';
import type { ErrorCode } from '../contracts/errors.js';
import type { Scope } from '../contracts/identity.js';
import type { LimitedAction } from '../contracts/rate-limits.js';

/** No parameters. */
export type None = z.ZodObject<Record<never, never>>;
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options';

/** One route: what it takes, what it answers, and how it is documented. */
export interface RouteSpec<
  P extends z.ZodObject = None,
  Q extends z.ZodObject = None,
  B extends z.ZodType = z.ZodUndefined,
> {
  method: Method;
  /** As OpenAPI writes it: `/v1/jobs/{id}`. */
  path: string;
  operationId: string;
  tag: string;
  summary: string;
  description?: string;
  /** What the API key must have; null for a route that is open to all. */
  scope: Scope | null;
  /** The budget of its user that each well-formed request takes from. */
  limit?: LimitedAction;
  /** A path parameter that does not fit names nothing: the answer is `not_found`. */
  params?: P;
  query?: Q;
  /** Only for the documentation: handlers read headers themselves. */
  headers?: z.ZodObject;
  body?: B;
  /** Largest body. Default LIMITS.requestBodyBytes. */
  bodyBytes?: number;
  replies: Record<number, ReplySpec>;
  /** Problems beyond those of authentication and parsing. */
  errors?: ErrorCode[];
}

export interface ReplySpec {
  description: string;
  /** Default JSON. */
  contentType?: string;
  schema?: z.ZodType;
  headers?: z.ZodObject;
}
