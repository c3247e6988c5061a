import type { QueryDialect } from '../../contracts/data-source.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';
import { expandDefinitions, explainedForms, sentencesOf } from './definitions.js';
import { interpret } from './interpret.js';
import { type Cut, cutQuestion } from './lattice.js';
import type { Plan } from './plan.js';
import { planQuery } from './plan-query.js';
import { readLexemes } from './read-lexemes.js';
import { CannotRead, type Reading } from './reading.js';
import { renderSql } from './render-sql.js';
import { rephrase, withoutWaysOfWorking } from './rephrase.js';
import { type SalesMeasure, salesMeasures } from './sales-measure.js';
import { buildVocabulary } from './schema-vocabulary.js';
import { type SqlDialect, sqlDialect } from './sql-dialect.js';
import { tokenise } from './tokenise.js';
import { indexValues } from './value-matcher.js';
import type { TableInfo, Vocabulary } from './vocabulary.js';

export interface TranslationInput {
  question: string;
  /** Tables to answer from, best first, with the foreign keys among them. */
  context: SchemaContext;
  /** ISO date; the day that "last month" counts from. */
  today: string;
  /** Known values of text columns, by canonical column name. */
  sampledValues?: Readonly<Record<string, readonly string[]>>;
  /** Readings that the reader chose, as an earlier translation offered them. */
  chosenReadings?: readonly string[];
  /** The kind of database that runs the SQL. Default `postgres`. */
  dialect?: QueryDialect;
}

export type Translation =
  | {
      outcome: 'sql';
      sql: string;
      /** How the question was read, in one sentence. */
      interpretation: string;
      /** 0 to 1. */
      confidence: number;
    }
  | {
      outcome: 'ambiguous';
      /** Two or more that are equally likely, each as an interpretation. */
      readings: string[];
      reason: string;
    }
  | {
      outcome: 'not_confident';
      /** What was not understood, or between what it could not choose. */
      reason: string;
      notUnderstood: string[];
    };

/** Readings whose scores differ by less are alike; then the question is ambiguous. */
const CLEAR_LEAD = 0.12;
const LEAST_CONFIDENCE = 0.5;
/** Words and marks; what is longer is a story rather than a question. */
const LONGEST_QUESTION = 80;
/** A cut that fits so much worse than the best one is not what was meant, even if only it can be read. */
const FARTHEST_CUT = 1;

interface Candidate {
  sql: string;
  plan: Plan;
  score: number;
  quality: number;
  words: string[];
  /** Columns that the words name, with how well, by the tokens that name them. */
  names: ReadonlyMap<string, { column: unknown; fit: number }>;
  /** The same for readings that name the same things: a foreign key and the key that it refers to, a table and its column. */
  meaning: string;
}

/**
 * Writes SQL for a question by rules: counts, sums, averages, extremes, filters, groups, rankings, time and joins by
 * foreign keys. Every word must be accounted for and exactly one reading must be best; otherwise it says so and guesses
 * nothing. Pure and deterministic.
 */
export function translateQuestion(input: TranslationInput): Translation {
  const asked = withoutWaysOfWorking(sentencesOf(input.question)).join('\n');
  const { question, notes } = expandDefinitions(asked);
  const expanded = { notes, ...rephrase(question) };
  const forms = explainedForms(expanded.question);
  let first: Translation | undefined;
  for (const form of forms.length > 0 ? forms : [{ question: expanded.question, notes: [] }]) {
    const translation = translatePlainly({ ...input, question: form.question }, expanded.decimals);
    first ??= translation;
    if (translation.outcome === 'not_confident') continue;
    return withNotes(translation, [...expanded.notes, ...form.notes]);
  }
  return first!;
}

function withNotes(translation: Translation, notes: readonly string[]): Translation {
  if (translation.outcome !== 'sql' || notes.length === 0) return translation;
  return { ...translation, interpretation: `${translation.interpretation} ${notes.join('; ')}.` };
}

/** A question that defines nothing. */
function translatePlainly(input: TranslationInput, decimals: number | null): Translation {
  const tokens = tokenise(input.question);
  if (tokens.length > LONGEST_QUESTION) return refuse('The question is too long for the built-in model.', []);
  const vocabulary = buildVocabulary(
    input.context,
    tokens.flatMap((token) => (token.kind === 'word' ? [token.lower] : [])),
  );
  const values = indexValues(vocabulary, input.sampledValues ?? {});
  const cuts = tokens.length === 0 ? [] : cutQuestion(tokens, vocabulary, values, input.today);
  const best = cuts[0];
  if (!best) return refuse('The question has no words.', []);
  const unknown = best.edges.flatMap(({ lexeme }) => (lexeme.kind === 'unknown' ? [lexeme.word] : []));
  if (unknown.length > 0) {
    const words = unknown.map((word) => `"${word}"`).join(', ');
    return refuse(`These words match no table, column, known value or expression: ${words}.`, unknown);
  }

  const roots = new Set(tokens.map((token) => token.root));
  const dialect = sqlDialect(input.dialect ?? 'postgres');
  const candidates: Candidate[] = [];
  let problem = new CannotRead('The question is not understood.', -1);
  for (const cut of cuts) {
    if (best.score - cut.score > FARTHEST_CUT) break;
    try {
      for (const candidate of planCut(cut, vocabulary, roots, dialect, decimals)) {
        if (!candidates.some((c) => c.sql === candidate.sql)) candidates.push(candidate);
      }
    } catch (error) {
      if (!(error instanceof CannotRead)) throw error;
      // The best cut's reason counts, unless a later one says more.
      if (error.weight > problem.weight) problem = error;
    }
  }
  const named = candidates.filter((one) => !candidates.some((other) => isNamedBetter(other, one)));
  named.sort((a, b) => b.score - a.score);
  const first = named[0];
  if (!first) return refuse(problem.message, problem.unknown);
  const tied = named.filter(
    (c) => c === first || (first.score - c.score < CLEAR_LEAD && c.meaning !== first.meaning),
  );
  const chosen = tied.find((c) => input.chosenReadings?.includes(sayPlan(c.plan)));
  if (tied.length > 1 && !chosen) return sayTie(tied);
  return accept(chosen ?? first);
}

const EXACT_FIT = 0.95;
const OTHER_WORD = 0.85;

/**
 * The one reading takes a word for a column that is called so, the other for one that is called by another word of like meaning, and
 * all other names are the same: a shorter join is no reason to prefer the latter.
 */
function isNamedBetter(better: Candidate, worse: Candidate): boolean {
  let differs = false;
  if (better.names.size !== worse.names.size) return false;
  for (const [span, own] of worse.names) {
    const other = better.names.get(span);
    if (!other) return false;
    if (other.column === own.column) continue;
    if (other.fit < EXACT_FIT || own.fit > OTHER_WORD) return false;
    differs = true;
  }
  return differs;
}

const sayPlan = (plan: Plan): string => interpret(plan.query, plan.notes);

function accept(candidate: Candidate): Translation {
  const confidence = confidenceOf(candidate);
  if (confidence < LEAST_CONFIDENCE) return refuse('The best reading of the question is too uncertain.', []);
  return {
    outcome: 'sql',
    sql: candidate.sql,
    interpretation: sayPlan(candidate.plan),
    confidence: Math.round(confidence * 100) / 100,
  };
}

const confidenceOf = ({ quality, plan }: Candidate): number =>
  Math.max(0, Math.min(0.98, quality - plan.cost * 0.3 - plan.notes.length * 0.03));

/** Most readings that a person is asked to choose from; more say that the question was not understood. */
const MOST_READINGS = 4;

/** Readings that are all good by themselves, and that a person can tell apart, are a choice; others only say what was not clear. */
function sayTie(tied: readonly Candidate[]): Translation {
  const [first, rival] = tied as [Candidate, Candidate];
  const reason = sayAmbiguity(first, rival);
  const readings = [...new Set(tied.map(({ plan }) => sayPlan(plan)))];
  const isChoice =
    readings.length === tied.length &&
    tied.length <= MOST_READINGS &&
    tied.every((candidate) => confidenceOf(candidate) >= LEAST_CONFIDENCE);
  if (isChoice) return { outcome: 'ambiguous', readings, reason };
  return refuse(
    reason,
    first.words.filter((word) => !rival.words.includes(word)),
  );
}

const refuse = (reason: string, notUnderstood: string[]): Translation => ({
  outcome: 'not_confident',
  reason,
  notUnderstood,
});

function planCut(
  cut: Cut,
  vocabulary: Vocabulary,
  roots: ReadonlySet<string>,
  dialect: SqlDialect,
  decimals: number | null,
): Candidate[] {
  const words = cut.edges.flatMap(({ lexeme }) => {
    if (lexeme.kind === 'table') return [`"${lexeme.words}" as ${lexeme.table.source.canonicalTableName}`];
    if (lexeme.kind === 'column' || lexeme.kind === 'value') {
      return [`"${lexeme.words}" as ${lexeme.column.source.canonicalColumnName}`];
    }
    return [];
  });
  const quality = qualityOf(cut);
  const names = new Map(
    cut.edges.flatMap(({ start, end, score, lexeme }) =>
      lexeme.kind === 'column'
        ? [[`${start} ${end}`, { column: lexeme.column, fit: score / (end - start) }] as const]
        : [],
    ),
  );
  const toCandidate = (plan: Plan): Candidate => {
    return {
      sql: renderSql({ ...plan.query, decimals }, dialect),
      plan,
      score: cut.score - plan.cost - plan.notes.length * 0.02,
      quality,
      names,
      words,
      // What revenue was taken to be stands in the notes.
      meaning: [meaningOf(cut, vocabulary), ...plan.notes].join('|'),
    };
  };
  const read = (): Reading => readLexemes(cut.edges, vocabulary);
  if (!cut.edges.some(({ lexeme }) => lexeme.kind === 'sales')) {
    return [toCandidate(planQuery({ reading: read(), vocabulary, sales: null, roots }))];
  }
  // Ranks of what "revenue" may be are tried in turn; inside a rank, several that work compete.
  let problem: CannotRead | null = null;
  for (const rank of salesMeasures(vocabulary)) {
    const found: Candidate[] = [];
    for (const sales of rank) {
      try {
        const plan = planQuery({ reading: read(), vocabulary, sales, roots });
        plan.notes.push(`"${saidSales(cut)}" is taken to be ${saySales(sales)}`);
        found.push(toCandidate(plan));
      } catch (error) {
        if (!(error instanceof CannotRead)) throw error;
        problem ??= error;
      }
    }
    if (found.length > 0) return found;
  }
  throw problem ?? new CannotRead('No column clearly holds revenue.', 5);
}

/** Words of grammar that make another question where they are read as something else. */
const DECIDING: ReadonlySet<string> = new Set(
  'aggregate count superlative top change rank compare ratio not without null time time-unit both or'.split(
    ' ',
  ),
);

/** What the names in a cut stand for, in a form that does not tell a foreign key from the key that it holds. */
function meaningOf(cut: Cut, { links }: Vocabulary): string {
  const columns = new Set<string>();
  const tables = new Set<TableInfo>();
  const owners = new Set<TableInfo>();
  const others: string[] = [];
  for (const { lexeme } of cut.edges) {
    if (lexeme.kind === 'table') tables.add(lexeme.table);
    else if (lexeme.kind === 'column') {
      const { column } = lexeme;
      const link = links.find(
        ({ fromColumns, isPeer }) => !isPeer && fromColumns.length === 1 && fromColumns[0] === column,
      );
      const meant = link ? link.toColumns[0]! : column;
      const { primaryKey } = meant.table;
      if (primaryKey.length === 1 && primaryKey[0] === meant) {
        tables.add(meant.table);
        continue;
      }
      columns.add(meant.source.canonicalColumnName);
      owners.add(column.table).add(meant.table);
    } else if (DECIDING.has(lexeme.kind)) others.push(`${lexeme.kind} ${lexeme.words}`);
    else if (lexeme.kind === 'value') {
      owners.add(lexeme.column.table);
      others.push(`${lexeme.column.source.canonicalColumnName} ${lexeme.values.join()}`);
    } else if (lexeme.kind === 'share') others.push(lexeme.filter.column.source.canonicalColumnName);
  }
  const named = [...tables].filter((table) => !owners.has(table));
  return [
    ...[...columns].sort(),
    ...named.map((table) => table.source.canonicalTableName).sort(),
    ...others.sort(),
  ].join('|');
}

const saidSales = (cut: Cut): string => cut.edges.find(({ lexeme }) => lexeme.kind === 'sales')!.lexeme.words;

const saySales = (sales: SalesMeasure): string =>
  'column' in sales
    ? sales.column.source.canonicalColumnName
    : `${sales.price.source.canonicalColumnName} times ${sales.quantity.source.canonicalColumnName}`;

/** Mean fit of the names in the cut, 1 when all were said as the schema has them. */
function qualityOf(cut: Cut): number {
  const names = cut.edges.filter(
    ({ lexeme }) => lexeme.kind === 'table' || lexeme.kind === 'column' || lexeme.kind === 'value',
  );
  if (names.length === 0) return 0.9;
  const fits = names.map((edge) => Math.min(1, edge.score / (edge.end - edge.start)));
  return fits.reduce((sum, fit) => sum + fit, 0) / fits.length;
}

function sayAmbiguity(first: Candidate, rival: Candidate): string {
  const own = first.words.filter((word) => !rival.words.includes(word));
  const other = rival.words.filter((word) => !first.words.includes(word));
  if (own.length === 0 || other.length === 0)
    return 'The question can be read in two ways that are equally likely.';
  return `The question can be read in two ways: ${own.join(', ')}; or ${other.join(', ')}.`;
}
