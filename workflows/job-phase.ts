import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';

const TENANT = defineSearchAttributeKey('QuaestorTenant', SearchAttributeType.KEYWORD);
const KIND = defineSearchAttributeKey('QuaestorKind', SearchAttributeType.KEYWORD);
const SUBJECT = defineSearchAttributeKey('QuaestorSubject', SearchAttributeType.KEYWORD);
const PHASE = defineSearchAttributeKey('QuaestorPhase', SearchAttributeType.KEYWORD);

/** What operators find an indexing by, also one that a schedule started. */
export const indexAttributes = (tenantId: string, dataSourceId: string): TypedSearchAttributes =>
  new TypedSearchAttributes([
    { key: TENANT, value: tenantId },
    { key: KIND, value: 'index-source' },
    { key: SUBJECT, value: dataSourceId },
  ]);

/** Tells operators where a job is: a sentence in the workflow's details, and a phase to list and count by. */
export function enterPhase(phase: string, details: string): void {
  upsertSearchAttributes([{ key: PHASE, value: phase }]);
  setCurrentDetails(details);
}
