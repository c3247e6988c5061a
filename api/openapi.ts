import { type OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import { ERRORS, type ErrorCode } from '../contracts/errors.js';
import { LIMITS } from '../contracts/limits.js';
import type { RouteSpec } from './route-spec.js';
import { problemSchema } from './schemas/problem.js';

const SECURITY_SCHEME = 'apiKey';

/** A route as the OpenAPI document has it, with one problem response for each status that its errors have. */
export function describeRoute<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>(
  spec: RouteSpec<P, Q, B>,
): RouteConfig {
  return {
    method: spec.method,
    path: spec.path,
    operationId: spec.operationId,
    tags: [spec.tag],
    summary: spec.summary,
    description: [
      spec.description,
      spec.scope && `Needs the scope \`${spec.scope}\`.`,
      spec.limit &&
        `Counts against the budget \`${spec.limit}\` of the user; \`RateLimit\` and \`RateLimit-Policy\` say how it stands.`,
    ]
      .filter(Boolean)
      .join('\n\n'),
    security: spec.scope === null ? [] : [{ [SECURITY_SCHEME]: [] }],
    request: {
      ...(spec.params ? { params: spec.params } : {}),
      ...(spec.query ? { query: spec.query } : {}),
      ...(spec.headers ? { headers: spec.headers } : {}),
      ...(spec.body
        ? { body: { required: true, content: { 'application/json': { schema: spec.body } } } }
        : {}),
    },
    responses: {
      ...Object.fromEntries(
        Object.entries(spec.replies).map(([status, { description, contentType, schema, headers }]) => [
          status,
          {
            description,
            ...(headers ? { headers } : {}),
            ...(schema ? { content: { [contentType ?? 'application/json']: { schema } } } : {}),
          },
        ]),
      ),
      ...problemResponses(spec),
    },
  };
}

function problemResponses(spec: {
  scope: string | null;
  limit?: string;
  params?: unknown;
  query?: unknown;
  body?: unknown;
  errors?: ErrorCode[];
}): RouteConfig['responses'] {
  const codes = new Set<ErrorCode>([
    ...(spec.scope ? (['unauthorized', 'forbidden', 'store_unavailable', 'internal_error'] as const) : []),
    ...(spec.limit ? (['rate_limited'] as const) : []),
    ...(spec.params ? (['not_found'] as const) : []),
    ...(spec.query || spec.body ? (['invalid_request'] as const) : []),
    ...(spec.body ? (['body_too_large', 'unsupported_media_type'] as const) : []),
    ...(spec.errors ?? []),
  ]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join('\n\n'),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}

/** The OpenAPI 3.1 document of all routes that were registered. */
export function createOpenApiDocument(registry: OpenAPIRegistry): object {
  registry.registerComponent('securitySchemes', SECURITY_SCHEME, {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key (`qsk_…`), made by `POST /v1/api-keys` or printed at the first start.',
  });
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Quaestor',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description: [
        'Ask questions about SQL databases in plain language and see the SQL.',
        'Whatever takes longer than a request is a job: it survives crashes, can be watched and cancelled.',
        `Errors are problem documents (RFC 9457); [all codes](/docs/errors). Bodies are JSON of at most ${LIMITS.requestBodyBytes / 1024} KB.`,
      ].join('\n\n'),
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Questions', description: 'Ask, and read the answer and its rows.' },
      { name: 'Data sources', description: 'Connect databases and index their schemas.' },
      { name: 'Jobs', description: 'Watch and cancel what runs.' },
      { name: 'API keys', description: 'Who may do what.' },
      { name: 'Operation', description: 'Health and metrics.' },
    ],
  });
}
