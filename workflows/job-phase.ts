import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { JobKind } from '../contracts/job.js';

const TENANT = defineSearchAttributeKey('QuaestorTenant', SearchAttributeType.KEYWORD);
const KIND = defineSearchAttributeKey('QuaestorKind', SearchAttributeType.KEYWORD);
const SUBJECT = defineSearchAttributeKey('QuaestorSubject', SearchAttributeType.KEYWORD);
const PHASE = defineSearchAttributeKey('QuaestorPhase', SearchAttributeType.KEYWORD);

/** What operators find a job by that another workflow started. */
export const jobAttributes = (tenantId: string, kind: JobKind, subjectId: string): TypedSearchAttributes =>
  new TypedSearchAttributes([
    { key: TENANT, value: tenantId },
    { key: KIND, value: kind },
    { key: SUBJECT, value: subjectId },
  ]);

/** Tells operators where a job is: a sentence in the workflow's details, and a phase to list and count by. */
export function enterPhase(phase: string, details: string): void {
  upsertSearchAttributes([{ key: PHASE, value: phase }]);
  setCurrentDetails(details);
}
