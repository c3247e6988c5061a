/** Tier of a tenant; a tier maps to a Temporal priority, a tenant to a fairness key. */
export type Tier = 'FREE' | 'PRO' | 'ENTERPRISE';

/** What an API key may do. */
export const SCOPES = [
  'data-sources:read',
  'data-sources:write',
  'questions:ask',
  'jobs:read',
  'jobs:cancel',
  'api-keys:write',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Who calls, as proved by an API key. */
export interface Caller {
  tenantId: string;
  userId: string;
  apiKeyId: string;
  tier: Tier;
  scopes: readonly Scope[];
}
