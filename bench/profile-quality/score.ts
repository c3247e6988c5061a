import type { Finding } from '../../contracts/dataset-profile.js';
import type { PlantedDefect } from './defects.js';

export interface Score {
  planted: number;
  found: number;
  /** Warnings that no planted defect makes true. */
  wrong: Finding[];
  missed: PlantedDefect[];
  warnings: number;
}

/**
 * Each planted defect is found if a warning of its kind is about its column (or about the file). A warning is wrong if it is neither that
 * nor another truth about a planted defect; of defects in the rows of the file, the other truths may be about any column.
 */
export function scoreFindings(planted: readonly PlantedDefect[], findings: readonly Finding[]): Score {
  const warnings = findings.filter(({ level }) => level === 'warning');
  const isOf = (finding: Finding, defect: PlantedDefect): boolean =>
    finding.kind === defect.kind && (defect.column === undefined || finding.column === defect.column);
  // Words among numbers are listed as rejected or told as mixed types, as the column is read as numbers or as text.
  const isFoundIn = (finding: Finding, defect: PlantedDefect): boolean =>
    isOf(finding, defect) ||
    (defect.kind === 'rejected-cells' && finding.kind === 'mixed-types' && finding.column === defect.column);
  const isTrue = (finding: Finding): boolean =>
    planted.some(
      (defect) =>
        isFoundIn(finding, defect) ||
        ((defect.alsoTrue as string[]).includes(finding.kind) &&
          (defect.column === undefined ||
            finding.kind === 'broken-dependency' ||
            finding.column === defect.column)),
    );
  const missed = planted.filter((defect) => !warnings.some((finding) => isFoundIn(finding, defect)));
  return {
    planted: planted.length,
    found: planted.length - missed.length,
    wrong: warnings.filter((finding) => !isTrue(finding)),
    missed,
    warnings: warnings.length,
  };
}
