import type { Cell } from '../../contracts/question.js';

/** A point or stretch of time as a cell tells it. */
export interface Moment {
  /** ISO 8601; in UTC where the cell names no zone. */
  iso: string;
  ms: number;
  /** What the cell is exact to. */
  unit: 'year' | 'month' | 'day' | 'time';
}

const PATTERN =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$/;

/** Reads `2025`, `2025-03`, `2025-03-01` and timestamps as Postgres and MySQL print them; undefined for anything else. */
export function readMoment(cell: Cell): Moment | undefined {
  if (typeof cell === 'number') return Number.isInteger(cell) ? readMoment(String(cell)) : undefined;
  if (typeof cell !== 'string') return undefined;
  const match = PATTERN.exec(cell);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = match;
  const date = `${year}-${month ?? '01'}-${day ?? '01'}`;
  const iso =
    hour === undefined ? date : `${date}T${hour}:${minute}:${second}${fraction.slice(0, 4)}${isoZone(zone)}`;
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return undefined;
  const unit =
    hour !== undefined ? 'time' : day !== undefined ? 'day' : month !== undefined ? 'month' : 'year';
  return { iso, ms, unit };
}

/** `+02` and `+0530` become `+02:00` and `+05:30`. */
const isoZone = (zone: string): string =>
  zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;

/** The coarsest calendar unit that all moments are the start of. */
export function commonUnit(moments: readonly Moment[]): 'year' | 'month' | 'day' | 'time' {
  const dates = moments.map(({ ms }) => new Date(ms));
  if (!dates.every((date) => date.getTime() % 86_400_000 === 0)) return 'time';
  if (!dates.every((date) => date.getUTCDate() === 1)) return 'day';
  // One January alone is a month as well as a year: what the cell says decides.
  const isYears = dates.every((date) => date.getUTCMonth() === 0);
  return isYears && (dates.length > 1 || moments[0]?.unit === 'year') ? 'year' : 'month';
}
