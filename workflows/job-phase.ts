import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';

const PHASE = defineSearchAttributeKey('QuaestorPhase', SearchAttributeType.KEYWORD);

/** Tells operators where a job is: a sentence in the workflow's details, and a phase to list and count by. */
export function enterPhase(phase: string, details: string): void {
  upsertSearchAttributes([{ key: PHASE, value: phase }]);
  setCurrentDetails(details);
}
