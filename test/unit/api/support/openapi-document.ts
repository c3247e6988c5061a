import type { Call } from './api-caller.js';

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId: string; security: unknown[]; parameters?: { name: string; in: string }[] }>
  >;
}
/** The OpenAPI document that the API serves. */
export const readDocument = async (call: Call): Promise<Document> =>
  (await call('GET', '/openapi.json')).body as Document;
