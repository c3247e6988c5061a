import type { CleaningStep, CleaningStepKind } from '../../../contracts/cleaning.js';
import type { StepDefinition } from '../compiled-step.js';
import { dropColumns, mergeColumns, renameColumns, reorderColumns, splitColumn } from './column-steps.js';
import {
  dropDuplicates,
  dropEdgeRows,
  dropMatching,
  dropMissing,
  dropRepeatedHeaders,
  dropTotalRows,
} from './row-steps.js';
import { changeCase, mask, nullWords, replaceValues, trim } from './text-steps.js';
import { changeType, convertUnits, parseBooleans, parseDates, parseNumbers } from './type-steps.js';
import { capOutliers, fillMissing } from './value-steps.js';

const DEFINITIONS: { [Kind in CleaningStepKind]: StepDefinition<Extract<CleaningStep, { kind: Kind }>> } = {
  trim,
  'change-case': changeCase,
  'replace-values': replaceValues,
  'null-words': nullWords,
  'parse-numbers': parseNumbers,
  'parse-dates': parseDates,
  'parse-booleans': parseBooleans,
  'change-type': changeType,
  'fill-missing': fillMissing,
  'drop-rows': dropMatching,
  'drop-missing': dropMissing,
  'drop-duplicates': dropDuplicates,
  'drop-total-rows': dropTotalRows,
  'drop-edge-rows': dropEdgeRows,
  'drop-repeated-headers': dropRepeatedHeaders,
  'drop-columns': dropColumns,
  'rename-columns': renameColumns,
  'reorder-columns': reorderColumns,
  'split-column': splitColumn,
  'merge-columns': mergeColumns,
  'convert-units': convertUnits,
  'cap-outliers': capOutliers,
  mask,
};

/** The definition of a step's kind, for steps of that kind. */
export const definitionOf = (step: CleaningStep): StepDefinition<CleaningStep> =>
  DEFINITIONS[step.kind] as StepDefinition<CleaningStep>;
