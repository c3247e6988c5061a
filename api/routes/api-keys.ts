import { v7 as uuidv7 } from 'uuid';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { appendAudit } from '../../db/statements/audit.js';
import { insertApiKey, listApiKeys, revokeApiKey } from '../../db/statements/tenants.js';
import { createApiKey } from '../../platform/api-key.js';
import type { ApiDeps } from '../api-deps.js';
import type { Authenticator } from '../authenticate.js';
import type { Routes } from '../route.js';
import { apiKeyListSchema, createApiKeyBody, createdApiKeySchema } from '../schemas/api-key.js';
import { idParams } from '../schemas/text.js';

const tag = 'API keys';

export function addApiKeyRoutes(routes: Routes, { db }: ApiDeps, authenticator: Authenticator): void {
  routes.route(
    {
      method: 'post',
      path: '/v1/api-keys',
      operationId: 'createApiKey',
      tag,
      summary: 'Make an API key',
      description:
        'The key is in this reply only. It may have scopes that the calling key has, and no others.',
      scope: 'api-keys:write',
      body: createApiKeyBody,
      replies: { 201: { description: 'The key, shown this once.', schema: createdApiKeySchema } },
    },
    async ({ caller, body }) => {
      const missing = body.scopes.filter((scope) => !caller.scopes.includes(scope));
      if (missing.length > 0) {
        const detail = `The API key cannot give away what it does not have: ${missing.join(', ')}.`;
        throw new QuaestorError('forbidden', detail, { details: { scopes: missing } });
      }
      const expiresAt = body.expiresAt ? new Date(body.expiresAt) : null;
      if (expiresAt && expiresAt.getTime() <= Date.now()) {
        throw new QuaestorError('invalid_request', 'body.expiresAt: must be in the future');
      }
      const { key, prefix, keyHash } = createApiKey();
      const row = {
        id: uuidv7(),
        userId: caller.userId,
        name: body.name,
        prefix,
        scopes: [...new Set(body.scopes)],
      };
      await db.withTenant(caller.tenantId, async (tx) => {
        await insertApiKey(tx, { ...row, keyHash, expiresAt });
        const data = { name: row.name, scopes: row.scopes };
        await appendAudit(tx, { userId: caller.userId, action: 'api-key.created', subjectId: row.id, data });
      });
      const { id, name, scopes } = row;
      return {
        status: 201,
        body: { id, name, prefix, scopes, expiresAt: expiresAt?.toISOString() ?? null, key },
        headers: { 'Cache-Control': 'no-store' },
      };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/api-keys',
      operationId: 'listApiKeys',
      tag,
      summary: 'List the API keys',
      scope: 'api-keys:write',
      replies: {
        200: {
          description: 'All keys of the tenant, without the keys themselves.',
          schema: apiKeyListSchema,
        },
      },
    },
    async ({ caller }) => ({
      status: 200,
      body: { apiKeys: await db.withTenant(caller.tenantId, listApiKeys) },
    }),
  );

  routes.route(
    {
      method: 'delete',
      path: '/v1/api-keys/{id}',
      operationId: 'revokeApiKey',
      tag,
      summary: 'Revoke an API key',
      description: 'At once in this process; other API processes may take it for another 15 s.',
      scope: 'api-keys:write',
      params: idParams,
      replies: { 204: { description: 'The key is not valid any more.' } },
    },
    async ({ caller, params }) => {
      await db.withTenant(caller.tenantId, async (tx) => {
        if (!(await revokeApiKey(tx, params.id))) {
          throw new QuaestorError('not_found', 'There is no API key with this id.');
        }
        await appendAudit(tx, { userId: caller.userId, action: 'api-key.revoked', subjectId: params.id });
      });
      authenticator.forget(params.id);
      return { status: 204 };
    },
  );
}
