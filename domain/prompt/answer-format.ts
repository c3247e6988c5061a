/**
 * The three shapes of a model's answer, as the prompt asks for them and `domain/guard/extract-sql.ts` reads them: one fenced
 * block tagged `sql`, or one line that begins with one of these markers.
 */
export const ANSWER_MARKERS = {
  /** Followed by what is missing. */
  cannotAnswer: 'CANNOT_ANSWER:',
  /** Followed by the readings, parted by ` | ` (`domain/guard/extract-readings.ts` takes them apart). */
  ambiguous: 'AMBIGUOUS:',
} as const;
