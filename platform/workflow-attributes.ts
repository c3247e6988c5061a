import { defineSearchAttributeKey, type Priority, type SearchAttributePair } from '@temporalio/common';
import type { Tier } from '../contracts/identity.js';
import type { SEARCH_ATTRIBUTES } from '../contracts/workflows.js';

const keyword = (name: keyof typeof SEARCH_ATTRIBUTES) => defineSearchAttributeKey(name, 'KEYWORD');
const TENANT = keyword('QuaestorTenant');
const KIND = keyword('QuaestorKind');
const SUBJECT = keyword('QuaestorSubject');

/** What operators find a workflow or a schedule by. */
export const searchAttributes = (
  tenantId: string,
  kind: string,
  subjectId: string,
): SearchAttributePair[] => [
  { key: TENANT, value: tenantId },
  { key: KIND, value: kind },
  { key: SUBJECT, value: subjectId },
];

const PRIORITY_KEYS: Record<Tier, number> = { ENTERPRISE: 1, PRO: 2, FREE: 3 };

/** Tiers go one before the other; within a tier each tenant gets an equal share. */
export const workflowPriority = (tier: Tier, tenantId: string): Priority => ({
  priorityKey: PRIORITY_KEYS[tier],
  fairnessKey: tenantId,
});
