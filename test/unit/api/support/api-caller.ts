import { expect } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface OpenApiDocument {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
  components: { schemas: Record<string, object> };
}

export interface CallOptions {
  key?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answered {
  status: number;
  headers: Headers;
  // Tests look into replies of all shapes; each was checked against the OpenAPI document.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answered>;

/** Calls the API over HTTP, and holds each reply against the OpenAPI document: status, content type and schema must be described there. */
export async function createCaller(url: string): Promise<Call> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, 'openapi');
  const validators = new Map<string, ValidateFunction>();

  const check = (method: string, path: string, reply: Answered, text: string): void => {
    const pattern = Object.keys(document.paths).find((known) =>
      new RegExp(`^${known.replace(/\{\w+\}/g, '[^/]+')}$`).test(path.split('?')[0] ?? ''),
    );
    const operation = pattern && document.paths[pattern]?.[method.toLowerCase()];
    if (!pattern || !operation) return;
    const described = operation.responses[String(reply.status)];
    const where = `${method} ${pattern} ${reply.status}`;
    if (!described) throw new Error(`${where} is not documented: ${text}`);
    if (text === '') return;
    const contentType = (reply.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const schema = described.content?.[contentType]?.schema;
    if (!schema) throw new Error(`${where}: ${contentType} is not documented`);
    if (!contentType.endsWith('json')) return;
    let validate = validators.get(where);
    if (!validate) {
      const pointer = [
        'paths',
        pattern,
        method.toLowerCase(),
        'responses',
        String(reply.status),
        'content',
        contentType,
        'schema',
      ].map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
      validate = ajv.compile({ $ref: `openapi#/${pointer.join('/')}` });
      validators.set(where, validate);
    }
    if (!validate(reply.body)) throw new Error(`${where}: ${ajv.errorsText(validate.errors)}\n${text}`);
  };

  return async (method, path, { key, body, headers } = {}) => {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const reply: Answered = {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
    check(method, path, reply, text);
    return reply;
  };
}

/** Expects a problem document of this code, whole and in its content type. */
export function expectProblem(reply: Answered, status: number, code: string): void {
  expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(reply.body).toMatchObject({
    type: `/docs/errors#${code}`,
    status,
    requestId: reply.headers.get('x-request-id'),
  });
  for (const member of ['title', 'detail', 'wayOut']) expect(reply.body[member]).toMatch(/\S/);
}
