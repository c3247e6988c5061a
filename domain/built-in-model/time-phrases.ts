import { addUnits, type DateRange, isoDate, startOfUnit, type TimeUnit, wholeUnit } from './calendar.js';
import type { LexemeOf } from './lexeme.js';
import type { Token } from './tokenise.js';

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const UNITS: readonly TimeUnit[] = ['day', 'week', 'month', 'quarter', 'year'];
const ORDINALS: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4 };

/** A point or stretch of time that was named, and the token after it. */
interface Stretch {
  range: Required<DateRange>;
  end: number;
}

export interface TimePhrase {
  lexeme: Omit<LexemeOf<'time'>, 'words'>;
  end: number;
}

const monthOf = (token: Token | undefined): number => {
  if (token?.kind !== 'word') return 0;
  const name = token.lower.replace(/\.$/, '');
  const at = MONTHS.findIndex(
    (m) => m === name || (name.length >= 3 && name.length <= 4 && m.startsWith(name)),
  );
  return at + 1;
};
const yearOf = (token: Token | undefined): number =>
  token?.kind === 'number' && /^(19|20)\d\d$/.test(token.raw) ? token.value! : 0;
const unitOf = (token: Token | undefined): TimeUnit | undefined =>
  UNITS.find((unit) => token?.kind === 'word' && token.concept === unit);
const dayOf = (token: Token | undefined): number =>
  token?.kind === 'number' && Number.isInteger(token.value) && token.value! >= 1 && token.value! <= 31
    ? token.value!
    : 0;

/** `first` to `fourth`; `last` of so many. */
const ordinalOf = (token: Token, last: number): number =>
  /^(?:last|final)$/.test(token.lower) ? last : (ORDINALS[token.lower] ?? 0);

const whole = (iso: string | null, unit: TimeUnit, end: number): Stretch | null =>
  iso === null ? null : { range: wholeUnit(iso, unit) as Required<DateRange>, end };

/** `2024`, `March 2024`, `March`, `Q2 2024`, `second quarter of 2024`, `first half of 2024`, `H1 2024`, `2024-03-01`, `Mar 1, 2024`, `today`. */
function readStretch(tokens: readonly Token[], start: number, today: string): Stretch | null {
  let at = start;
  while (tokens[at]?.lower === 'the') at++;
  const token = tokens[at];
  if (!token) return null;
  if (token.kind === 'date') {
    const [year, month, day] = token.raw.split('-').map(Number);
    return whole(isoDate(year!, month!, day!), 'day', at + 1);
  }
  if (token.lower === 'today') return whole(today, 'day', at + 1);
  if (token.lower === 'yesterday') return whole(addUnits(today, 'day', -1), 'day', at + 1);
  if (token.lower === 'year' && yearOf(tokens[at + 1]))
    return whole(`${yearOf(tokens[at + 1])}-01-01`, 'year', at + 2);
  if (yearOf(token)) {
    // `2024 Q2`
    const part = /^q([1-4])$/.exec(tokens[at + 1]?.lower ?? '');
    if (part) return whole(isoDate(yearOf(token), Number(part[1]) * 3 - 2, 1), 'quarter', at + 2);
    return whole(`${yearOf(token)}-01-01`, 'year', at + 1);
  }

  const skipOf = (i: number) => (tokens[i]?.lower === 'of' || tokens[i]?.lower === ',' ? i + 1 : i);
  const month = monthOf(token);
  if (month) {
    const day = dayOf(tokens[at + 1]);
    if (day) {
      const afterDay = skipOf(at + 2);
      const year = yearOf(tokens[afterDay]);
      return year ? whole(isoDate(year, month, day), 'day', afterDay + 1) : null;
    }
    const afterMonth = skipOf(at + 1);
    const year = yearOf(tokens[afterMonth]);
    if (year) return whole(isoDate(year, month, 1), 'month', afterMonth + 1);
    // `may` and `march` are also verbs: without a year only the capitalised month counts.
    if (!/^\p{Lu}/u.test(token.raw)) return null;
    const thisYear = Number(today.slice(0, 4));
    const latest = isoDate(thisYear, month, 1)! <= today ? thisYear : thisYear - 1;
    return whole(isoDate(latest, month, 1), 'month', at + 1);
  }
  const day = dayOf(token);
  const dayMonth = day ? monthOf(tokens[skipOf(at + 1)]) : 0;
  if (day && dayMonth) {
    const yearAt = skipOf(skipOf(at + 1) + 1);
    const year = yearOf(tokens[yearAt]);
    if (year) return whole(isoDate(year, dayMonth, day), 'day', yearAt + 1);
  }
  const half = /^h[12]$/.test(token.lower) ? Number(token.lower[1]) : 0;
  const ordinalHalf = tokens[at + 1]?.lower === 'half' ? ordinalOf(token, 2) : 0;
  if (half || (ordinalHalf && ordinalHalf <= 2)) {
    const yearAt = skipOf(at + (half ? 1 : 2));
    const year = yearOf(tokens[yearAt]);
    if (!year) return null;
    const [from, to] =
      (half || ordinalHalf) === 1
        ? [`${year}-01-01`, `${year}-07-01`]
        : [`${year}-07-01`, `${year + 1}-01-01`];
    return { range: { from, to }, end: yearAt + 1 };
  }
  const edge = /^(?:first|last|final)$/.test(token.lower) && tokens[at + 1]?.lower === 'month';
  const edgeYear = edge ? yearOf(tokens[skipOf(at + 2)]) : 0;
  if (edgeYear) {
    const edgeMonth = token.lower === 'first' ? 1 : 12;
    return whole(isoDate(edgeYear, edgeMonth, 1), 'month', skipOf(at + 2) + 1);
  }
  const quarter = /^q[1-4]$/.test(token.lower) ? Number(token.lower[1]) : 0;
  const ordinal = tokens[at + 1]?.lower === 'quarter' ? ordinalOf(token, 4) || (day <= 4 ? day : 0) : 0;
  if (quarter || ordinal) {
    const yearAt = skipOf(at + (quarter ? 1 : 2));
    const year = yearOf(tokens[yearAt]);
    if (year) return whole(isoDate(year, (quarter || ordinal) * 3 - 2, 1), 'quarter', yearAt + 1);
  }
  return null;
}

const LEADS = new Set(['in', 'during', 'within', 'over', 'for', 'of', 'on', 'from', 'throughout', 'since']);

/** "excluding the current month": the token after it, 0 if it is not said. */
function excludedCurrent(tokens: readonly Token[], start: number, unit: TimeUnit): number {
  let at = start;
  while (/^[,(]$/.test(tokens[at]?.raw ?? '')) at++;
  const word = tokens[at]?.lower;
  if (word === 'excluding' || word === 'without' || word === 'excl') at++;
  else if (
    (word === 'not' && /^(including|counting)$/.test(tokens[at + 1]?.lower ?? '')) ||
    (word === 'exclusive' && tokens[at + 1]?.lower === 'of')
  )
    at += 2;
  else return 0;
  if (tokens[at]?.lower === 'the') at++;
  if (!/^(current|this|ongoing|running)$/.test(tokens[at]?.lower ?? '') || unitOf(tokens[at + 1]) !== unit)
    return 0;
  at += 2;
  return tokens[at]?.raw === ')' ? at + 1 : at;
}

/** "…, inclusive of 30 days ago", "including the current month": the token after what is so anyway. */
function saidInclusive(tokens: readonly Token[], start: number, count: number, unit: TimeUnit): number {
  let at = start;
  while (/^[,(]$/.test(tokens[at]?.raw ?? '')) at++;
  if (tokens[at]?.lower === 'inclusive' && tokens[at + 1]?.lower === 'of') at += 2;
  else if (tokens[at]?.lower === 'including') at += 1;
  else return start;
  if (tokens[at]?.lower === 'today') {
    at += /^(?:date|s)$/.test(tokens[at + 1]?.lower ?? '') ? 2 : 1;
    return tokens[at]?.raw === ')' ? at + 1 : at;
  }
  const isAgo =
    tokens[at]?.value === count && unitOf(tokens[at + 1]) === unit && tokens[at + 2]?.lower === 'ago';
  if (isAgo) at += 3;
  else {
    if (tokens[at]?.lower === 'the') at++;
    if (!/^(current|this)$/.test(tokens[at]?.lower ?? '') || unitOf(tokens[at + 1]) !== unit) return start;
    at += 2;
  }
  return tokens[at]?.raw === ')' ? at + 1 : at;
}

/** "the last quarter of 2023", "the last week of March": counted from the end of that, not from today. */
const isPartOf = (tokens: readonly Token[], at: number, today: string): boolean =>
  tokens[at]?.lower === 'of' && readStretch(tokens, at + 1, today) !== null;

/** `last month`, `past 30 days`, `this year`. The current day, week … belongs to `last N units`. */
function readRelative(tokens: readonly Token[], start: number, today: string): TimePhrase | null {
  let at = start;
  while (LEADS.has(tokens[at]?.lower ?? '') && at < start + 1) at++;
  while (tokens[at]?.lower === 'the') at++;
  const word = tokens[at]?.lower ?? '';
  const back = ['last', 'past', 'previous', 'recent', 'preceding'].includes(word);
  if (word === 'year' && tokens[at + 1]?.lower === 'to' && tokens[at + 2]?.lower === 'date') {
    return phrase({ from: startOfUnit(today, 'year'), to: addUnits(today, 'day', 1) }, at + 3);
  }
  if (!back && word !== 'this' && word !== 'current') return null;
  const count = tokens[at + 1];
  if (
    back &&
    count?.kind === 'number' &&
    Number.isInteger(count.value) &&
    count.value! > 0 &&
    count.value! < 10_000
  ) {
    const isCalendar = /^(calendar|full|complete|whole)$/.test(tokens[at + 2]?.lower ?? '');
    const unit = unitOf(tokens[at + (isCalendar ? 3 : 2)]);
    const without = unit && excludedCurrent(tokens, at + (isCalendar ? 4 : 3), unit);
    if (unit && without) {
      // Whole units, the last of which is over.
      const to = startOfUnit(today, unit);
      return phrase({ from: addUnits(to, unit, -count.value!), to }, without, unit);
    }
    if (!unit || isCalendar) return null;
    const range = { from: addUnits(today, unit, -count.value!), to: addUnits(today, 'day', 1) };
    const end = saidInclusive(tokens, at + 3, count.value!, unit);
    return phrase(range, end, unit === 'day' ? undefined : unit);
  }
  if (back && isPartOf(tokens, at + 2, today)) return null;
  const skipped = /^(iso|calendar|full|whole|complete)$/.test(count?.lower ?? '') ? 1 : 0;
  const unit = unitOf(tokens[at + 1 + skipped]);
  if (!unit) return null;
  // "the last day", "the past month" of a rolling kind are not told apart from the calendar unit by anybody.
  const shift = back ? -1 : 0;
  const end = at + 2 + skipped;
  const without = back ? excludedCurrent(tokens, end, unit) : 0;
  return phrase(wholeUnit(addUnits(startOfUnit(today, unit), unit, shift), unit), without || end);
}

const phrase = (range: DateRange, end: number, bucket?: TimeUnit): TimePhrase => ({
  lexeme: { kind: 'time', range, reading: sayRange(range), ...(bucket ? { bucket } : {}) },
  end,
});

/** The days of a range in words. */
export function sayRange({ from, to }: DateRange): string {
  if (from && to && addUnits(from, 'day', 1) === to) return `on ${from}`;
  if (from && to) return `from ${from} to ${addUnits(to, 'day', -1)} inclusive`;
  return from ? `from ${from} on` : `before ${to}`;
}

const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');

const weekdayOf = (token: Token | undefined): number =>
  token?.kind === 'word' ? WEEKDAYS.indexOf(token.lower.replace(/s$/, '')) + 1 : 0;

/** "on a Saturday", "on weekends", "on Mondays or Tuesdays". */
function readWeekdays(tokens: readonly Token[], start: number): TimePhrase | null {
  let at = start;
  while (['on', 'a', 'an', 'the', 'during', 'at', 'any', 'over'].includes(tokens[at]?.lower ?? '')) at++;
  const weekdays: number[] = [];
  if (/^weekends?$/.test(tokens[at]?.lower ?? '')) weekdays.push(6, 7);
  // "on weekdays" as against weekends; alone, "weekday" is something to group by.
  else if (tokens[at]?.lower === 'weekdays' && at > start) weekdays.push(1, 2, 3, 4, 5);
  if (weekdays.length > 0) at++;
  else {
    for (let day = weekdayOf(tokens[at]); day > 0; ) {
      weekdays.push(day);
      at++;
      const joint = /^(or|and|,)$/.test(tokens[at]?.lower ?? '');
      const next = weekdayOf(tokens[at + 1]);
      day = joint ? next : 0;
      if (day > 0) at++;
    }
  }
  if (weekdays.length === 0) return null;
  return { lexeme: { kind: 'time', range: {}, reading: 'on certain days of the week', weekdays }, end: at };
}

/** `10:30`, `6 pm`, `18:00`. */
function clockAt(tokens: readonly Token[], at: number): { clock: string; end: number } | null {
  const hour = tokens[at];
  if (hour?.kind !== 'number' || !Number.isInteger(hour.value) || hour.value! > 24) return null;
  let end = at + 1;
  let minute = 0;
  const isColon =
    tokens[end]?.raw === ':' && tokens[end + 1]?.kind === 'number' && /^[0-5]\d$/.test(tokens[end + 1]!.raw);
  if (isColon) {
    minute = tokens[end + 1]!.value!;
    end += 2;
  }
  const half = /^(am|pm|a\.m|p\.m)$/.exec(tokens[end]?.lower ?? '')?.[1];
  if (half) end++;
  else if (!isColon) return null;
  const value = (hour.value! % (half ? 12 : 25)) + (half?.startsWith('p') ? 12 : 0);
  if (value > 23) return null;
  return { clock: `${String(value).padStart(2, '0')}:${String(minute).padStart(2, '0')}`, end };
}

const AFTER_CLOCK = /^(in|the|morning|afternoon|evening|at|night)$/;

/** "after 18:00", "before 10:30 in the morning", "between 9 am and 5 pm". */
function readClock(tokens: readonly Token[], start: number): TimePhrase | null {
  const word = tokens[start]?.lower ?? '';
  if (!['after', 'before', 'between', 'from', 'since', 'until'].includes(word)) return null;
  const first = clockAt(tokens, start + 1);
  if (!first) return null;
  const toPhrase = (clock: { from?: string; to?: string }, end: number): TimePhrase => ({
    lexeme: { kind: 'time', range: {}, reading: 'at certain times of day', clock },
    end,
  });
  if (word === 'between' || word === 'from') {
    const second = /^(and|to|until)$/.test(tokens[first.end]?.lower ?? '')
      ? clockAt(tokens, first.end + 1)
      : null;
    return second && toPhrase({ from: first.clock, to: second.clock }, second.end);
  }
  let { end } = first;
  if (tokens[end]?.lower === 'in' || tokens[end]?.lower === 'at')
    while (AFTER_CLOCK.test(tokens[end]?.lower ?? '')) end++;
  return toPhrase(word === 'after' || word === 'since' ? { from: first.clock } : { to: first.clock }, end);
}

/** The time phrase that begins at a token, the longest if there are several; null if there is none. */
export function readTimePhrase(tokens: readonly Token[], start: number, today: string): TimePhrase | null {
  const word = tokens[start]?.lower ?? '';
  const next = tokens[start + 1]?.lower ?? '';
  const other = readRelative(tokens, start, today) ?? readWeekdays(tokens, start) ?? readClock(tokens, start);
  if (other) return other;

  if (word === 'between' || word === 'from') {
    const first = readStretch(tokens, start + 1, today);
    if (first && ['and', 'to', 'until', 'till', 'through'].includes(tokens[first.end]?.lower ?? '')) {
      const second = readStretch(tokens, first.end + 1, today);
      if (second) return phrase({ from: first.range.from, to: second.range.to }, second.end);
    }
    if (word === 'between') return null;
  }
  if (word === 'since' || (word === 'on' && next === 'or' && tokens[start + 2]?.lower === 'after')) {
    const stretch = readStretch(tokens, start + (word === 'since' ? 1 : 3), today);
    return stretch && phrase({ from: stretch.range.from }, stretch.end);
  }
  if (word === 'on' && next === 'or' && tokens[start + 2]?.lower === 'before') {
    const stretch = readStretch(tokens, start + 3, today);
    return stretch && phrase({ to: stretch.range.to }, stretch.end);
  }
  if (word === 'after' || word === 'before' || word === 'until' || word === 'till') {
    const stretch = readStretch(tokens, start + 1, today);
    if (!stretch) return null;
    if (word === 'after') return phrase({ from: stretch.range.to }, stretch.end);
    return phrase({ to: word === 'before' ? stretch.range.from : stretch.range.to }, stretch.end);
  }
  const lead = LEADS.has(word) ? 1 : 0;
  const stretch = readStretch(tokens, start + lead, today);
  return stretch && phrase(stretch.range, stretch.end);
}
