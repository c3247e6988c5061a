import {
  confusedFormat,
  DATE_FORMATS,
  fitsDateFormat,
  TIMESTAMP_FORMATS,
} from '../../datasets/types/date-formats.js';

export interface DateReading {
  formats: string[];
  to: 'date' | 'timestamp';
}

const MOST_FORMATS = 6;

/**
 * The fewest formats that all these dates fit. Null where day and month cannot be told apart, where both orders occur, or where a date is
 * written in no format known: then a person has to say.
 */
export function dateFormatsOf(dates: readonly string[]): DateReading | null {
  const candidates = [...DATE_FORMATS, ...TIMESTAMP_FORMATS];
  const fitting = new Map(
    candidates.map((format) => [format, dates.filter((date) => fitsDateFormat(format, date))]),
  );
  const formats: string[] = [];
  let open = [...dates];
  while (open.length > 0) {
    if (formats.length === MOST_FORMATS) return null;
    const covers = (format: string): number =>
      fitting.get(format)!.filter((date) => open.includes(date)).length;
    const best = candidates.reduce((one, other) => (covers(other) > covers(one) ? other : one));
    if (covers(best) === 0) return null;
    formats.push(best);
    open = open.filter((date) => !fitsDateFormat(best, date));
  }
  for (const format of formats) {
    const confused = confusedFormat(format);
    if (!confused || !fitting.has(confused)) continue;
    const own = fitting.get(format)!;
    const others = fitting.get(confused)!;
    if (own.every((date) => others.includes(date)) || others.some((date) => !own.includes(date))) return null;
  }
  if (formats.length === 0) return null;
  // DuckDB reads days with and without a leading zero by the same letters.
  const plain = [...new Set(formats.map((format) => format.replaceAll('%-', '%')))];
  return { formats: plain, to: formats.some((format) => /%-?[HI]/.test(format)) ? 'timestamp' : 'date' };
}
