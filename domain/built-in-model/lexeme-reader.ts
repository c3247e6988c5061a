import type { Lexeme, LexemeOf } from './lexeme.js';
import type { Reading } from './reading.js';
import type { ColumnInfo, TableInfo, Vocabulary } from './vocabulary.js';

/** What a time phrase says besides its dates. */
export const timeDetails = ({ bucket, weekdays, clock }: LexemeOf<'time'>) => ({
  ...(bucket ? { bucket } : {}),
  ...(weekdays ? { weekdays } : {}),
  ...(clock ? { clock } : {}),
});

/** The state of one pass over a cut. The handlers of read-measures.ts and read-filters.ts work on it. */
export class LexemeReader {
  at = 0;
  /** A `top n` or `most` that waits for what it is about. */
  pendingOrder: { direction: 'asc' | 'desc'; hints: readonly string[]; limit: number | null } | null = null;
  pendingNot = false;
  /** "three countries": how many of the things are asked for, by an order that is said elsewhere. */
  wanted: number | null = null;
  /** How many filters there were before an "or" that waits for its right side. */
  orAfter: number | null = null;
  /** Set by a later "return …" sentence: what follows is shown, not asked. */
  isProjecting = false;
  /** The table last spoken of, to which what follows belongs. */
  focus: TableInfo | null = null;
  /** A date column just named ("joined", "hired"), for the time phrase after it. */
  dateColumn: ColumnInfo | null = null;
  /** "both a and b": the values that come must each be met. */
  isBoth = false;
  hasGroup = false;
  /** "in which month": times are asked for. */
  asksTime = false;
  /** The lexeme before was a column to show. */
  wasProjected = false;
  readonly reading: Reading = {
    mood: 'what',
    subject: null,
    subjectIsPlural: true,
    projections: [],
    measures: [],
    dimensions: [],
    filters: [],
    having: [],
    order: null,
    limit: null,
    limitWithin: [],
    change: null,
    rank: null,
    isCombination: false,
    mentioned: [],
    isDistinct: false,
    roles: [],
    units: [],
    notes: [],
    penalty: 0,
  };

  constructor(
    readonly lexemes: readonly Lexeme[],
    readonly vocabulary: Vocabulary,
  ) {}

  peek(offset = 0): Lexeme | undefined {
    return this.lexemes[this.at + offset];
  }

  is<K extends Lexeme['kind']>(kind: K, offset = 0): boolean {
    return this.peek(offset)?.kind === kind;
  }

  /** The next lexeme if it is of the kind, and past it. */
  take<K extends Lexeme['kind']>(kind: K): LexemeOf<K> | null {
    const next = this.peek();
    if (next?.kind !== kind) return null;
    this.at++;
    return next as LexemeOf<K>;
  }

  /** Past lexemes that carry nothing here. */
  skip(...kinds: Lexeme['kind'][]): void {
    for (let next = this.peek(); next; next = this.peek()) {
      // Between other words "both" carries nothing but what the values after it need.
      if (next.kind === 'both' && kinds.includes('filler')) this.isBoth = true;
      else if (!kinds.includes(next.kind)) return;
      this.at++;
    }
  }

  /** A table named as the head of a phrase: the subject if there is none yet, otherwise in passing. */
  mention(lexeme: LexemeOf<'table'>): void {
    const { table } = lexeme;
    const { reading } = this;
    this.focus = table;
    if (reading.subject === table) return;
    const isRanked = reading.order !== null && reading.projections.length > 0;
    const asksRows = reading.measures.length === 0 && !this.hasGroup && !isRanked;
    // "for customers in Berlin, …" sets the scene; what is asked for comes later.
    const isAdjective = (l: Lexeme) =>
      l.kind === 'value' ||
      l.kind === 'filler' ||
      l.kind === 'not' ||
      (l.kind === 'column' && l.column.kind === 'boolean');
    const before = this.lexemes.slice(0, this.at - 1).findLast((l) => !isAdjective(l));
    const isScene = before?.kind === 'prep' && before.word !== 'of' && reading.projections.length === 0;
    if (reading.subject === null && asksRows && !isScene) {
      reading.subject = table;
      reading.subjectIsPlural = lexeme.isPlural ?? false;
      // "Which cities do our customers live in?": each city once.
      const [asked, another] = reading.projections;
      const isValue = asked?.kind === 'text' && !asked.isKey && !asked.table.labels.includes(asked);
      if (reading.mood === 'which' && isValue && !another) reading.isDistinct = true;
    } else if (!reading.mentioned.includes(table)) reading.mentioned.push(table);
  }
}
