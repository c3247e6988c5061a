import { z } from 'zod';
import { SCOPES } from '../../contracts/identity.js';
import { text, timestamp, uuid } from './text.js';

const scope = z.enum(SCOPES).meta({ id: 'Scope' });

export const apiKeySchema = z
  .object({
    id: uuid(),
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the key.' }),
    scopes: z.array(scope),
    expiresAt: timestamp().nullable(),
    revokedAt: timestamp().nullable(),
    createdAt: timestamp(),
  })
  .meta({ id: 'ApiKey' });

export const apiKeyListSchema = z.object({ apiKeys: z.array(apiKeySchema) }).meta({ id: 'ApiKeyList' });

export const createdApiKeySchema = z
  .object({
    id: uuid(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(scope),
    expiresAt: timestamp().nullable(),
    key: z.string().meta({ description: 'Shown this once.' }),
  })
  .meta({ id: 'CreatedApiKey' });

export const createApiKeyBody = z
  .strictObject({
    name: text().trim().min(1).max(100),
    scopes: z.array(scope).min(1).max(SCOPES.length),
    expiresAt: z.iso.datetime({ offset: true }).nullish(),
  })
  .meta({ id: 'CreateApiKey' });
