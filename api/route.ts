import { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import type { Caller, Scope } from '../contracts/identity.js';
import { LIMITS } from '../contracts/limits.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { withLogContext } from '../platform/logger.js';
import type { Authenticator } from './authenticate.js';
import { describeRoute } from './openapi.js';
import type { LimitRate } from './rate-limit.js';
import type { Method, None, RouteSpec } from './route-spec.js';

export interface RouteInput<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  /** Only routes with a scope may read it. */
  caller: Caller;
  params: z.output<P>;
  query: z.output<Q>;
  body: z.output<B>;
  req: Request;
  res: Response;
}

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

const jsonParser = (limit: number) =>
  express.json({ limit, type: ['application/json', 'application/*+json'] });

/** Registers routes: in Express with authentication, scope and parsing in front of the handler, and in the OpenAPI document. */
export class Routes {
  readonly router = express.Router({ caseSensitive: true });
  readonly registry = new OpenAPIRegistry();
  readonly #methods = new Map<string, Method[]>();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly limitRate: LimitRate,
  ) {}

  /** The handler answers with a reply, or with undefined when it wrote the response itself. */
  route<P extends z.ZodObject = None, Q extends z.ZodObject = None, B extends z.ZodType = z.ZodUndefined>(
    spec: RouteSpec<P, Q, B>,
    handle: (input: RouteInput<P, Q, B>) => Promise<Reply | undefined>,
  ): void {
    const path = toExpressPath(spec.path);
    const parseJson = jsonParser(spec.bodyBytes ?? LIMITS.requestBodyBytes);
    this.#methods.set(spec.path, [...(this.#methods.get(spec.path) ?? []), spec.method]);
    this.registry.registerPath(describeRoute(spec));
    this.router[spec.method](path, nameRoute(spec.path), async (req, res) => {
      const caller = spec.scope === null ? undefined : await this.#authorise(req, spec.scope);
      await withLogContext({ tenantId: caller?.tenantId }, async () => {
        const params = parseParams(spec.params, req.params);
        const query = parse('query', spec.query, req.query);
        const body = spec.body ? parse('body', spec.body, await readJson(parseJson, req, res)) : undefined;
        if (caller && spec.limit) await this.limitRate(caller, spec.limit, res);
        // A route without scope is typed as if it had a caller; none of them reads it.
        const input = { caller, params, query, body, req, res } as RouteInput<P, Q, B>;
        const reply = await handle(input);
        if (reply) send(res, reply);
      });
    });
  }

  /** After the last route: answers the other methods of known paths with 405 and `Allow`. */
  refuseOtherMethods(): void {
    for (const [path, methods] of this.#methods) {
      const allow = methods.flatMap((method) =>
        method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
      );
      this.router.all(toExpressPath(path), nameRoute(path), (req, res) => {
        res.set('Allow', allow.join(', '));
        throw new QuaestorError(
          'method_not_allowed',
          `${req.method} is not offered here; ${allow.join(', ')} is.`,
        );
      });
    }
  }

  async #authorise(req: Request, scope: Scope): Promise<Caller> {
    const caller = await this.authenticator.authenticate(req.get('authorization'));
    if (caller.scopes.includes(scope)) return caller;
    throw new QuaestorError('forbidden', `The API key lacks the scope "${scope}".`, { details: { scope } });
  }
}

const toExpressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** Remembers the pattern for the metrics. */
const nameRoute =
  (path: string): RequestHandler =>
  (_req, res, next) => {
    res.locals['route'] = path;
    next();
  };

function parseParams(schema: z.ZodObject | undefined, given: unknown): unknown {
  const parsed = schema?.safeParse(given);
  if (parsed && !parsed.success) throw new QuaestorError('not_found', 'There is nothing with this id.');
  return parsed?.data ?? {};
}

function parse(place: string, schema: z.ZodType | undefined, given: unknown): unknown {
  if (!schema) return {};
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 20).map((issue) => ({
    field: [place, ...issue.path].join('.'),
    message: issue.message,
  }));
  const first = issues[0];
  throw new QuaestorError('invalid_request', `${first?.field}: ${first?.message}`, { details: { issues } });
}

async function readJson(parseJson: RequestHandler, req: Request, res: Response): Promise<unknown> {
  const hasBody =
    req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (!hasBody) throw new QuaestorError('invalid_request', 'The request has no body.');
  if (!req.is(['application/json', 'application/*+json'])) {
    throw new QuaestorError('unsupported_media_type', 'The body must be application/json.');
  }
  await new Promise<void>((resolve, reject) => {
    void parseJson(req, res, (error?: unknown) => (error ? reject(error as Error) : resolve()));
  });
  return req.body;
}

function send(res: Response, { status, body, headers }: Reply): void {
  res.status(status).set(headers ?? {});
  if (body === undefined) res.end();
  else res.json(body);
}
